import type { LlamaFamily } from "../../bedrock/index.js";

/** What all models of a family have in common, by which a file is known to be of it. */
export interface FamilyFacts {
  /** What people call it. */
  readonly name: string;
  /** llama.cpp's name of the architecture, `general.architecture`. */
  readonly architecture: string;
  /** Tokens in the vocabulary. */
  readonly vocabulary: number;
  /** llama.cpp's name of how the vocabulary is used, `tokenizer.ggml.model`. */
  readonly tokenizer: "llama" | "gpt2";
  /** How a text is cut into words first, `tokenizer.ggml.pre`; undefined where it isn't. */
  readonly words: readonly string[] | undefined;
  /** Tokens at their ids: other models have vocabularies of the same size. */
  readonly tokens: Readonly<Record<number, string>>;
  /**
   * Whether Bedrock puts the beginning-of-sequence token before a prompt. Recorded for Llama 2 and Llama 3: the counts of
   * tokens in its answers tell. Inferred for Llama 4, from Llama 3.
   */
  readonly beginsPrompts: boolean;
}

/** Llama 2's tokens as its converted vocabulary has them, Mistral's being another of the same size. */
const llama2: FamilyFacts = {
  name: "Llama 2",
  architecture: "llama",
  vocabulary: 32_000,
  tokenizer: "llama",
  words: undefined,
  tokens: { 1: "<s>", 2: "</s>", 263: "▁a", 278: "▁the", 322: "▁and", 29871: "▁" },
  beginsPrompts: true,
};

const llama3: FamilyFacts = {
  name: "Llama 3",
  architecture: "llama",
  vocabulary: 128_256,
  tokenizer: "gpt2",
  words: ["llama-bpe", "llama3", "llama-v3"],
  tokens: {
    0: "!",
    220: "Ġ",
    279: "Ġthe",
    128_000: "<|begin_of_text|>",
    128_006: "<|start_header_id|>",
    128_009: "<|eot_id|>",
  },
  beginsPrompts: false,
};

/** Ids as the configurations of Scout and Maverick have them: `bos_token_id` 200000, `eos_token_id` 200001, 200007 (eom) and 200008 (eot). */
const llama4: FamilyFacts = {
  name: "Llama 4",
  architecture: "llama4",
  vocabulary: 202_048,
  tokenizer: "gpt2",
  words: ["llama4"],
  tokens: { 200_000: "<|begin_of_text|>", 200_008: "<|eot|>" },
  beginsPrompts: false,
};

/** The facts of each family. */
export const familyFacts: Readonly<Record<LlamaFamily, FamilyFacts>> = {
  "llama-2": llama2,
  "llama-3": llama3,
  "llama-3-1": { ...llama3, name: "Llama 3.1 to 3.3" },
  "llama-4": llama4,
};
