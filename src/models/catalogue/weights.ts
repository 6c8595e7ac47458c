import type { LlamaFamily } from "../../bedrock/index.js";

/** A Bedrock model's open weights. */
export interface LlamaWeights {
  /** Bedrock's id, such as `meta.llama3-8b-instruct-v1:0`. */
  readonly modelId: string;
  readonly family: LlamaFamily;
  readonly shape: ModelShape;
  /** Tokens the model was made for, as its GGUF's metadata say; Bedrock may serve fewer, or more. */
  readonly contextSize: number;
  /** The licence, by the name that Meta gave it. */
  readonly license: string;
  /** How repositories and metadata name the model, in the form that `normalName()` gives. */
  readonly names: readonly string[];
  /** How Ollama's own library names it. */
  readonly ollama: OllamaName | undefined;
  /** The choices, the recommended one first. None where llama.cpp reads no weights of this model. */
  readonly quantizations: readonly QuantizedWeights[];
  /** Why there are none. */
  readonly none?: string;
}

/** What the sizes of a model follow from. By Meta's published configurations of these models. */
export interface ModelShape {
  /** Numbers in all its matrices. */
  readonly parameters: number;
  readonly layers: number;
  /** Numbers a token is turned into. */
  readonly embedding: number;
  /** Heads whose keys and values are kept for each token. */
  readonly keyValueHeads: number;
  /** Numbers in a key, and in a value, of one head. */
  readonly headSize: number;
  /** Tokens in its vocabulary. */
  readonly vocabulary: number;
}

/** A model in Ollama's library: `llama3.1:8b-instruct-q4_K_M`. */
export interface OllamaName {
  readonly name: string;
  /** The size a tag begins with. */
  readonly size: string;
  /** What a tag of the model says after its size; nothing counts as `chat`, as those are what Ollama gives unasked. */
  readonly kind: "chat" | "text";
}

/** Weights in one of the roundings that llama.cpp knows. */
export interface QuantizedWeights {
  /** llama.cpp's name of it, such as `Q4_K_M`. */
  readonly quantization: string;
  /** `owner/name` on the hub. */
  readonly repository: string;
  /** The commit whose files these are; undefined where no source shows one: the hub is asked, and its answer written down. */
  readonly revision?: string;
  /**
   * Whether the hub hands it out only to those who accepted the licence there, proved by `HF_TOKEN`. Undefined where no
   * source shows it: the hub's answer tells.
   */
  readonly gated?: boolean;
  /** One file, or the parts of a split one in order. */
  readonly files: readonly WeightsFile[];
}

/** One file of weights. What no source shows is asked of the hub before it's fetched, and written down beside it. */
export interface WeightsFile {
  /** Path in the repository. */
  readonly path: string;
  /** The exact size. */
  readonly bytes?: number;
  /** The size to three digits, as the hub's pages show it. */
  readonly roundedBytes?: number;
  /** In lower-case hexadecimal, as the hub's pages show it. */
  readonly sha256?: string;
}

/** The names of a split file's parts, as llama.cpp's gguf-split numbers them: `NAME-00001-of-00003.gguf`. */
export function partsOf(stem: string, count: number): readonly WeightsFile[] {
  return Array.from({ length: count }, (_, index) => ({ path: partName(stem, index + 1, count) }));
}

function partName(stem: string, part: number, count: number): string {
  const padded = (number: number) => String(number).padStart(5, "0");
  return `${stem}-${padded(part)}-of-${padded(count)}.gguf`;
}
