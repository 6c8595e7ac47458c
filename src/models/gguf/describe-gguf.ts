import { familyFacts, type CacheShape, quantizationOf } from "../catalogue/index.js";
import { readGguf, type WantedElements } from "./read-gguf.js";
import type { GgufValue } from "./read-value.js";

/** The facts about the model in a GGUF file. Undefined stands for a fact that the file does not state. */
export interface GgufModel {
  readonly architecture: string;
  /** The author's name for it: `Meta Llama 3.1 8B Instruct`. */
  readonly name: string | undefined;
  /** llama.cpp's name for its quantization. */
  readonly quantization: string | undefined;
  readonly contextSize: number;
  readonly embedding: number;
  readonly cache: CacheShape;
  /** llama.cpp's name for its tokenizer: `llama`, `gpt2`. */
  readonly tokenizer: string | undefined;
  /** llama.cpp's name for its pre-tokenizer. */
  readonly preTokenizer: string | undefined;
  /** Some of its tokens by id: those that distinguish the families. */
  readonly tokens: ReadonlyMap<number, string>;
  /** Its chat template, in Jinja. */
  readonly chatTemplate: string | undefined;
  /** The file's index among the parts of a split model, from 0, and the number of parts. */
  readonly part: { readonly index: number; readonly count: number } | undefined;
  /** The number of weights in this file. */
  readonly parameters: number;
  /** The size of this file. */
  readonly bytes: number;
}

const TOKENS = "tokenizer.ggml.tokens";

const wanted: WantedElements = {
  [TOKENS]: new Set(Object.values(familyFacts).flatMap(({ tokens }) => Object.keys(tokens).map(Number))),
};

/**
 * Reads the facts about the model in a GGUF file.
 *
 * @throws {GgufFormatError} the file is damaged, truncated, or exceeds a bound
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
    preTokenizer: text("tokenizer.ggml.pre"),
    tokens: list?.strings ?? new Map<number, string>(),
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
 * The chat template in a GGUF file, in Jinja. Undefined if the file has none or cannot be read: the engine reports what is
 * wrong with the file when it loads it.
 */
export async function chatTemplateOf(modelFile: string): Promise<string | undefined> {
  try {
    return (await describeGguf(modelFile)).chatTemplate;
  } catch {
    return undefined;
  }
}
