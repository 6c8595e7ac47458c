/** A model file with the shape of TinyLlama-1.1B, Llama 2's vocabulary and random weights: the same work, but meaningless text. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";

import { llama2Metadata } from "./metadata.mjs";
import { gguf } from "./transpile-gguf.mjs";

const WIDTH = 2048;
const FEED_FORWARD = 5632;
const LAYERS = 22;
const HEADS = 32;
const KEY_VALUE_HEADS = 4;
const KEY_VALUE_WIDTH = (WIDTH / HEADS) * KEY_VALUE_HEADS;
/** Twice TinyLlama's, so that a prompt of 2,000 tokens leaves room. */
const CONTEXT = 4096;

/** Q4_0: blocks of 32 numbers, each a half-precision scale and as many half bytes, eight more than their numbers. */
const BLOCK = 32;
const BLOCK_BYTES = 2 + BLOCK / 2;
/** 2⁻⁸, so that a matrix keeps its input's magnitude. */
const SCALE = 0x1c00;
/**
 * Of the matrix that gives the logits: eight times as much, so that they differ as those of trained weights do. Top-p 0.9 then leaves a few
 * tokens; with 2⁻⁸ it left 20,900 of 32,000, and sampled rows measured how fast that many are sorted.
 */
const OUTPUT_SCALE = 0x2800;
/** Repeated random blocks: their values make no difference to the time. */
const PATTERN_BLOCKS = 9973;

/** `<unk>`, `<s>`, `</s>` and the single bytes come before the texts. */
const FIRST_TEXT = 259;

/** Writes the file, 620 MB. */
export async function writeBigModel(path) {
  const { writeGguf } = await gguf("write-gguf");
  const { vocabulary, about } = await llama2Metadata("Random weights in the shape of TinyLlama-1.1B", {
    width: WIDTH,
    feedForward: FEED_FORWARD,
    layers: LAYERS,
    heads: HEADS,
    keyValueHeads: KEY_VALUE_HEADS,
    context: CONTEXT,
  });
  const output = matrix("output.weight", WIDTH, vocabulary, OUTPUT_SCALE);
  // zero, so never the most likely: the model generates text tokens until it is stopped
  output.data.fill(0, 0, (WIDTH / BLOCK) * BLOCK_BYTES * FIRST_TEXT);
  const tensors = [
    matrix("token_embd.weight", WIDTH, vocabulary),
    output,
    ones("output_norm.weight"),
    ...Array.from({ length: LAYERS }, (_, layer) => block(`blk.${layer}`)).flat(),
  ];
  await writeFile(path, writeGguf(about, tensors));
}

function block(name) {
  return [
    ones(`${name}.attn_norm.weight`),
    matrix(`${name}.attn_q.weight`, WIDTH, WIDTH),
    matrix(`${name}.attn_k.weight`, WIDTH, KEY_VALUE_WIDTH),
    matrix(`${name}.attn_v.weight`, WIDTH, KEY_VALUE_WIDTH),
    matrix(`${name}.attn_output.weight`, WIDTH, WIDTH),
    ones(`${name}.ffn_norm.weight`),
    matrix(`${name}.ffn_gate.weight`, WIDTH, FEED_FORWARD),
    matrix(`${name}.ffn_up.weight`, WIDTH, FEED_FORWARD),
    matrix(`${name}.ffn_down.weight`, FEED_FORWARD, WIDTH),
  ];
}

/** Pseudo-random numbers derived from the tensor's name. */
function matrix(name, width, rows, scale = SCALE) {
  const pattern = createHash("shake256", { outputLength: PATTERN_BLOCKS * BLOCK_BYTES })
    .update(name)
    .digest();
  for (let at = 0; at < pattern.length; at += BLOCK_BYTES) pattern.writeUInt16LE(scale, at);
  const data = Buffer.alloc((width / BLOCK) * rows * BLOCK_BYTES, pattern);
  return { name, type: "Q4_0", shape: [width, rows], data };
}

function ones(name) {
  return {
    name,
    type: "F32",
    shape: [WIDTH],
    data: new Uint8Array(new Float32Array(WIDTH).fill(1).buffer),
  };
}
