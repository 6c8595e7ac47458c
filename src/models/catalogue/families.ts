import type { LlamaFamily } from "../../bedrock/index.js";

/** What the models of a family have in common, and by which a file is recognized as one of them. */
export interface FamilyFacts {
  /** Its usual name. */
  readonly name: string;
  /** llama.cpp's name for the architecture, `general.architecture`. */
  readonly architecture: string;
  /** The number of tokens in the vocabulary. */
  readonly vocabulary: number;
  /** llama.cpp's name for the tokenizer, `tokenizer.ggml.model`. */
  readonly tokenizer: "llama" | "gpt2";
  /** llama.cpp's names for the pre-tokenizer, `tokenizer.ggml.pre`; undefined if the tokenizer has none. */
  readonly preTokenizers: readonly string[] | undefined;
  /** Some tokens by id, because other models have vocabularies of the same size. */
  readonly tokens: Readonly<Record<number, string>>;
  /**
   * Whether Bedrock puts the beginning-of-sequence token (BOS) before a prompt. Recorded for Llama 2 and Llama 3, from the
   * token counts in Bedrock's answers; inferred for Llama 4, from Llama 3.
   */
  readonly addsBos: boolean;
}

/** Tokens from Llama 2's converted vocabulary. Mistral's has the same size and other tokens. */
const llama2: FamilyFacts = {
  name: "Llama 2",
  architecture: "llama",
  vocabulary: 32_000,
  tokenizer: "llama",
  preTokenizers: undefined,
  tokens: { 1: "<s>", 2: "</s>", 263: "▁a", 278: "▁the", 322: "▁and", 29871: "▁" },
  addsBos: true,
};

const llama3: FamilyFacts = {
  name: "Llama 3",
  architecture: "llama",
  vocabulary: 128_256,
  tokenizer: "gpt2",
  preTokenizers: ["llama-bpe", "llama3", "llama-v3"],
  tokens: {
    0: "!",
    220: "Ġ",
    279: "Ġthe",
    128_000: "<|begin_of_text|>",
    128_006: "<|start_header_id|>",
    128_009: "<|eot_id|>",
  },
  addsBos: false,
};

/** Ids from the configurations of Scout and Maverick: BOS 200000; `eos_token_id` 200001, 200007 (eom), 200008 (eot). */
const llama4: FamilyFacts = {
  name: "Llama 4",
  architecture: "llama4",
  vocabulary: 202_048,
  tokenizer: "gpt2",
  preTokenizers: ["llama4"],
  tokens: { 200_000: "<|begin_of_text|>", 200_008: "<|eot|>" },
  addsBos: false,
};

/** The facts about each family. */
export const familyFacts: Readonly<Record<LlamaFamily, FamilyFacts>> = {
  "llama-2": llama2,
  "llama-3": llama3,
  "llama-3-1": { ...llama3, name: "Llama 3.1 to 3.3" },
  "llama-4": llama4,
};
