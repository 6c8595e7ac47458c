/** Model files with the shapes of real Llamas in Q4_K_M, and random weights: the same memory and work, but meaningless text. */
import { createHash } from "node:crypto";
import { open, rename } from "node:fs/promises";

import { llama2Metadata } from "../llama/metadata.mjs";
import { gguf } from "../llama/transpile-gguf.mjs";

/** From Meta's configurations. Context as in the files on the hub. */
export const shapes = {
  "llama-2-7b": { width: 4096, feedForward: 11008, layers: 32, heads: 32, keyValueHeads: 32, context: 4096 },
  "llama-2-13b": { width: 5120, feedForward: 13824, layers: 40, heads: 40, keyValueHeads: 40, context: 4096 },
  "tinyllama-1.1b": {
    width: 2048,
    feedForward: 5632,
    layers: 22,
    heads: 32,
    keyValueHeads: 4,
    context: 4096,
  },
  // no multiple of 32 in a head, which q8_0 would need
  "head-size-80": { width: 2560, feedForward: 6912, layers: 2, heads: 32, keyValueHeads: 32, context: 4096 },
};

/** Bytes of a block of 256 numbers. */
const BLOCK = 256;
const BLOCK_BYTES = { Q4_K: 144, Q6_K: 210 };
/** Repeated random blocks: their values make no difference to memory and time. */
const PATTERN_BLOCKS = 997;
/** `<unk>`, `<s>`, `</s>` and the single bytes come before the texts. */
const FIRST_TEXT = 259;
/** Bytes written at once. */
const PIECE = 1 << 26;

/** Writes the model of that name in {@link shapes}, with Llama 2's vocabulary, tensor by tensor: 13B takes 7.9 GB of disk. */
export async function writeRandomModel(name, path) {
  const { ggufStart, ggufPadding } = await gguf("write-gguf");
  const shape = shapes[name];
  const { width, feedForward, layers, heads, keyValueHeads } = shape;
  const { vocabulary, about } = await llama2Metadata(`Random weights in the shape of ${name}`, shape);
  const keyValueWidth = (width / heads) * keyValueHeads;
  const tensors = [
    matrix("token_embd.weight", "Q4_K", width, vocabulary),
    { ...matrix("output.weight", "Q6_K", width, vocabulary), zeroRows: FIRST_TEXT },
    ones("output_norm.weight", width),
    ...Array.from({ length: layers }, (_, i) => {
      const layer = (suffix) => `blk.${i}.${suffix}.weight`;
      // llama-quantize gives half of the layers more bits here
      const more =
        i < layers / 8 || i >= (7 * layers) / 8 || (i - Math.floor(layers / 8)) % 3 === 2 ? "Q6_K" : "Q4_K";
      return [
        ones(layer("attn_norm"), width),
        matrix(layer("attn_q"), "Q4_K", width, width),
        matrix(layer("attn_k"), "Q4_K", width, keyValueWidth),
        matrix(layer("attn_v"), more, width, keyValueWidth),
        matrix(layer("attn_output"), "Q4_K", width, width),
        ones(layer("ffn_norm"), width),
        matrix(layer("ffn_gate"), "Q4_K", width, feedForward),
        matrix(layer("ffn_up"), "Q4_K", width, feedForward),
        matrix(layer("ffn_down"), more, feedForward, width),
      ];
    }).flat(),
  ];
  const draft = await open(`${path}.partial`, "w");
  await draft.write(ggufStart(about, tensors));
  for (const { bytes, data, zeroRows = 0, rowBytes = 0 } of tensors) {
    const piece = Buffer.alloc(Math.min(bytes, PIECE - (PIECE % data.length)), data);
    const zeros = Buffer.alloc(zeroRows * rowBytes);
    // zero, so never the most likely: the model generates text tokens until it is stopped
    await draft.write(zeros);
    for (let at = zeros.length; at < bytes; at += piece.length)
      await draft.write(piece, 0, Math.min(piece.length, bytes - at));
    await draft.write(Buffer.alloc(ggufPadding(bytes)));
  }
  await draft.close();
  await rename(`${path}.partial`, path);
}

/** Pseudo-random numbers derived from the tensor's name, with scales that keep a matrix's input at its magnitude. */
function matrix(name, type, width, rows) {
  const size = BLOCK_BYTES[type];
  const data = createHash("shake256", { outputLength: PATTERN_BLOCKS * size })
    .update(name)
    .digest();
  for (let at = 0; at < data.length; at += size) {
    if (type === "Q4_K") {
      // the scale, 2⁻¹⁴, and that of the minimum, 7.5 times as much: the numbers are centred on zero
      data.writeUInt16LE(0x0400, at);
      data.writeUInt16LE(0x0f80, at + 2);
    } else {
      // the scale comes last: 2⁻¹⁷
      data.writeUInt16LE(0x0080, at + size - 2);
    }
  }
  const rowBytes = (width / BLOCK) * size;
  return { name, type, shape: [width, rows], bytes: rowBytes * rows, rowBytes, data };
}

function ones(name, width) {
  const data = Buffer.from(new Float32Array(width).fill(1).buffer);
  return { name, type: "F32", shape: [width], bytes: data.length, data };
}
