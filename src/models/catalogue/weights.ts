import type { LlamaFamily } from "../../bedrock/index.js";
import { partName } from "../split-model.js";

/** The open weights of a Bedrock model. */
export interface LlamaWeights {
  /** Bedrock's id, such as `meta.llama3-8b-instruct-v1:0`. */
  readonly modelId: string;
  readonly family: LlamaFamily;
  readonly shape: ModelShape;
  /** The context size in the GGUF's metadata, in tokens. Bedrock may serve fewer or more. */
  readonly contextSize: number;
  /** The licence, by Meta's name for it. */
  readonly license: string;
  /** The model's names in repositories and metadata, as `normalName()` returns them. */
  readonly names: readonly string[];
  /** The model's name in Ollama's library. */
  readonly ollama: OllamaName | undefined;
  /** The available quantizations, the recommended one first. Empty if llama.cpp does not support the model. */
  readonly quantizations: readonly QuantizedWeights[];
  /** Why there are no quantizations. */
  readonly noWeightsReason?: string;
}

/** The dimensions of a model, from Meta's published configurations. */
export interface ModelShape {
  /** The number of weights. */
  readonly parameters: number;
  readonly layers: number;
  /** The length of an embedding. */
  readonly embedding: number;
  /** The number of key-value heads. */
  readonly keyValueHeads: number;
  /** The length of a key, and of a value, in one head. */
  readonly headSize: number;
  /** The number of tokens in the vocabulary. */
  readonly vocabulary: number;
}

/** A model in Ollama's library: `llama3.1:8b-instruct-q4_K_M`. */
export interface OllamaName {
  readonly name: string;
  /** The size at the beginning of a tag. */
  readonly size: string;
  /** The variant in a tag, after the size. A tag without one means `chat`, Ollama's default. */
  readonly kind: "chat" | "text";
}

/** Weights in one of llama.cpp's quantizations. */
export interface QuantizedWeights {
  /** llama.cpp's name for the quantization, such as `Q4_K_M`. */
  readonly quantization: string;
  /** `owner/name` on the hub. */
  readonly repository: string;
  /** The commit of the files; undefined if no source gives it: then the hub is asked, and its answer is saved. */
  readonly revision?: string;
  /**
   * Whether the hub gives the files only to accounts that have accepted the licence, proved by `HF_TOKEN`. Undefined if no
   * source says.
   */
  readonly gated?: boolean;
  /** One file, or the parts of a split model in order. */
  readonly files: readonly WeightsFile[];
}

/** A file of weights. What is undefined here, the hub is asked before the download, and its answer is saved beside the file. */
export interface WeightsFile {
  /** Path in the repository. */
  readonly path: string;
  /** The exact size. */
  readonly bytes?: number;
  /** The size to three digits, from the file's page on the hub. */
  readonly roundedBytes?: number;
  /** In lower-case hexadecimal, from the file's page on the hub. */
  readonly sha256?: string;
}

/** The parts of a split model about which only the names are known. */
export function partsOf(stem: string, count: number): readonly WeightsFile[] {
  return Array.from({ length: count }, (_, index) => ({ path: partName(stem, index + 1, count) }));
}
