import { createHash } from "node:crypto";

import { TOKEN_KIND, type Vocabulary } from "./vocabulary.js";
import type { GgufTensor } from "./write-gguf.js";

/** The embedding length: one block of Q8_0, the minimum for llama.cpp's matrices. */
export const EMBEDDING = 32;
export const FEED_FORWARD = 64;

/** Q8_0: blocks of 32 numbers, each a half-precision scale and as many signed bytes. */
const BLOCK = 32;
const BLOCK_BYTES = 2 + BLOCK;

/** 2⁻⁹, so that a matrix keeps its input's magnitude. */
const MATRIX_SCALE = 0x1800;

/**
 * 2⁻⁷: the embedding, which is the output matrix too, makes a few tokens far more likely than all others, as a real model's
 * does. If all were nearly equally likely, rounding would decide between them.
 */
const EMBEDDING_SCALE = 0x2000;

/**
 * One layer of arbitrary weights, the same in every call. Special tokens have zero weights, so that the most likely token is
 * always a text token: the model generates until it is stopped.
 */
export function tinyWeights({ kinds }: Vocabulary): GgufTensor[] {
  const embedding = matrix("token_embd.weight", EMBEDDING, kinds.length, EMBEDDING_SCALE);
  for (const [id, kind] of kinds.entries()) {
    const row = id * BLOCK_BYTES;
    if (kind === TOKEN_KIND.control) embedding.data.fill(0, row, row + BLOCK_BYTES);
  }
  return [
    embedding,
    ones("output_norm.weight"),
    ones("blk.0.attn_norm.weight"),
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) =>
      matrix(`blk.0.${name}.weight`, EMBEDDING, EMBEDDING),
    ),
    ones("blk.0.ffn_norm.weight"),
    matrix("blk.0.ffn_gate.weight", EMBEDDING, FEED_FORWARD),
    matrix("blk.0.ffn_up.weight", EMBEDDING, FEED_FORWARD),
    matrix("blk.0.ffn_down.weight", FEED_FORWARD, EMBEDDING),
  ];
}

/** Pseudo-random numbers derived from the tensor's name. */
function matrix(name: string, width: number, rows: number, scale = MATRIX_SCALE): GgufTensor {
  const blocks = (width / BLOCK) * rows;
  const data = createHash("shake256", { outputLength: blocks * BLOCK_BYTES })
    .update(name)
    .digest();
  for (let at = 0; at < data.length; at += BLOCK_BYTES) data.writeUInt16LE(scale, at);
  return { name, type: "Q8_0", shape: [width, rows], data };
}

function ones(name: string): GgufTensor {
  const data = new Uint8Array(new Float32Array(EMBEDDING).fill(1).buffer);
  return { name, type: "F32", shape: [EMBEDDING], data };
}
