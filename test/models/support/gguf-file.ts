import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { llama2Vocabulary } from "../../support/gguf/llama-2-vocabulary.js";
import { llama3Vocabulary } from "../../support/gguf/llama-3-vocabulary.js";
import { type GgufValue, writeGguf } from "../../support/gguf/write-gguf.js";

const uint32 = (value: number) => ({ type: "uint32", value }) as const;
const text = (value: string) => ({ type: "string", value }) as const;

const vocabularies = { "llama-2": llama2Vocabulary, "llama-3": llama3Vocabulary };

/** The dimensions of a model that a GGUF claims to hold. */
export interface Claims {
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly contextSize: number;
}

export const LLAMA_2_13B: Claims = {
  layers: 40,
  embedding: 5120,
  heads: 40,
  keyValueHeads: 40,
  contextSize: 4096,
};
export const LLAMA_3_8B: Claims = {
  layers: 32,
  embedding: 4096,
  heads: 32,
  keyValueHeads: 8,
  contextSize: 8192,
};
export const LLAMA_3_1_8B: Claims = { ...LLAMA_3_8B, contextSize: 131_072 };
export const LLAMA_3_2_1B: Claims = {
  layers: 16,
  embedding: 2048,
  heads: 32,
  keyValueHeads: 8,
  contextSize: 131_072,
};

/** A GGUF with a real vocabulary and the dimensions of a real model, but without any weights. */
export function claimingGguf(
  vocabulary: keyof typeof vocabularies,
  claims: Claims,
  more: Readonly<Record<string, GgufValue>> = {},
): Buffer {
  const { tokens, metadata } = vocabularies[vocabulary]();
  // nothing is tokenized with it, and these are most of the file
  const tokenizer = Object.entries(metadata).filter(([key]) => !/merges|scores/u.test(key));
  return Buffer.from(
    writeGguf(
      {
        "general.architecture": text("llama"),
        "general.file_type": uint32(15),
        "llama.context_length": uint32(claims.contextSize),
        "llama.embedding_length": uint32(claims.embedding),
        "llama.block_count": uint32(claims.layers),
        "llama.attention.head_count": uint32(claims.heads),
        "llama.attention.head_count_kv": uint32(claims.keyValueHeads),
        ...Object.fromEntries(tokenizer),
        "tokenizer.ggml.tokens": { type: "strings", value: tokens },
        ...more,
      },
      [],
    ),
  );
}

/** A small GGUF with these metadata. */
export function smallGguf(metadata: Readonly<Record<string, GgufValue>>): Buffer {
  return Buffer.from(writeGguf(metadata, []));
}

/** Writes a file into a folder. @returns its path */
export async function put(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
