import { familyFacts, type CacheShape, quantizationOf } from "../catalogue/index.js";
import { readGguf, type WantedElements } from "./read-gguf.js";
import type { GgufValue } from "./read-value.js";

/** What matters of a GGUF that holds a language model. Undefined is what it doesn't say. */
export interface GgufModel {
  readonly architecture: string;
  /** What its maker called it: `Meta Llama 3.1 8B Instruct`. */
  readonly name: string | undefined;
  /** llama.cpp's name of its rounding. */
  readonly quantization: string | undefined;
  readonly contextSize: number;
  readonly embedding: number;
  readonly cache: CacheShape;
  /** How its vocabulary is used: `llama`, `gpt2`. */
  readonly tokenizer: string | undefined;
  /** How it cuts a text into words. */
  readonly words: string | undefined;
  /** Some of its tokens, at their ids: those that tell the families apart. */
  readonly tokens: ReadonlyMap<number, string>;
  /** How a conversation is written for it: a template in Jinja. */
  readonly chatTemplate: string | undefined;
  /** Which part of a split model it is, from 0, and of how many. */
  readonly part: { readonly index: number; readonly count: number } | undefined;
  /** Numbers in the tensors of this file. */
  readonly parameters: number;
  /** This file's size. */
  readonly bytes: number;
}

const TOKENS = "tokenizer.ggml.tokens";

const wanted: WantedElements = {
  [TOKENS]: new Set(Object.values(familyFacts).flatMap(({ tokens }) => Object.keys(tokens).map(Number))),
};

/**
 * Reads what a GGUF says of its model.
 *
 * @throws {GgufFormatError} it's damaged, cut off, or beyond the bounds
 */
export async function describeGguf(path: string): Promise<GgufModel> {
  const { metadata, parameters, bytes } = await readGguf(path, wanted);
  const text = (key: string) => textOf(metadata.get(key));
  const number = (key: string) => numberOf(metadata.get(key));
  const architecture = text("general.architecture") ?? "";
  const own = (key: string) => number(`${architecture}.${key}`);

  const tokens = metadata.get(TOKENS);
  const list = typeof tokens === "object" ? tokens : undefined;
  const embedding = own("embedding_length") ?? 0;
  const heads = own("attention.head_count") ?? 0;
  const fileType = number("general.file_type");
  const [parts = 0, index = 0] = [number("split.count"), number("split.no")];
  return {
    architecture,
    name: text("general.name"),
    chatTemplate: text("tokenizer.chat_template"),
    quantization: fileType === undefined ? undefined : quantizationOf(fileType),
    contextSize: own("context_length") ?? 0,
    embedding,
    cache: {
      layers: own("block_count") ?? 0,
      keyValueHeads: own("attention.head_count_kv") ?? heads,
      headSize: own("attention.key_length") ?? (heads > 0 ? embedding / heads : 0),
      vocabulary: list?.length ?? own("vocab_size") ?? 0,
    },
    tokenizer: text("tokenizer.ggml.model"),
    words: text("tokenizer.ggml.pre"),
    tokens: list?.texts ?? new Map<number, string>(),
    part: parts > 1 ? { index, count: parts } : undefined,
    parameters,
    bytes,
  };
}

function textOf(value: GgufValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: GgufValue | undefined): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/**
 * The chat template in a GGUF: how a conversation is written for its model, in Jinja. Undefined where it has none, or can't be read:
 * what's wrong with it is for those to say who load it.
 */
export async function chatTemplateOf(modelFile: string): Promise<string | undefined> {
  try {
    return (await describeGguf(modelFile)).chatTemplate;
  } catch {
    return undefined;
  }
}
