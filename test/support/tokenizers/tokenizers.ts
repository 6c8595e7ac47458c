import llama2 from "llama-tokenizer-js";
import llama3 from "llama3-tokenizer-js";

import { llama4Tokens } from "./llama-4-tokenizer.js";

/** A tokenizer with the same vocabulary as llama.cpp's, and nothing else in common with it. */
export interface OtherTokenizer {
  /** Texts that are one token each. */
  readonly specialTokens: readonly string[];
  /** The tokens of a prompt as Bedrock counts them. */
  tokens(prompt: string): number[];
}

const LLAMA_2_SPECIAL = ["<s>", "</s>", "<unk>"];
const LLAMA_2_BOS = 1;

/** It reads no special tokens by itself; llama.cpp puts a space in front of each text that stands between them. */
export const llama2Tokenizer: OtherTokenizer = {
  specialTokens: LLAMA_2_SPECIAL,
  tokens(prompt) {
    const parts = prompt.split(new RegExp(`(${LLAMA_2_SPECIAL.join("|")})`, "u"));
    const tokens = parts.flatMap((part) => {
      const special = LLAMA_2_SPECIAL.includes(part) ? llama2.vocabByString.get(part) : undefined;
      return special === undefined ? llama2.encode(part, false, true) : [special];
    });
    return [LLAMA_2_BOS, ...tokens];
  },
};

const LLAMA_3_BOS = 128_000;
const LLAMA_4_BOS = 200_000;

export const llama3Tokenizer: OtherTokenizer = {
  specialTokens: [
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|python_tag|>",
    "<|reserved_special_token_5|>",
  ],
  tokens(prompt) {
    const tokens = llama3.encode(prompt, { bos: false, eos: false });
    // llama.cpp can't start from nothing
    return tokens.length === 0 ? [LLAMA_3_BOS] : tokens;
  },
};

/** The texts of a text's tokens with the vocabulary of Llama 3 to 3.3. No character may be cut between two tokens. */
export function llama3Texts(text: string): string[] {
  return llama3.encode(text, { bos: false, eos: false }).map((id) => llama3.decode([id]));
}

/** Needs the vocabulary that the set-up of the tests fetches: see `needsLlama4`. */
export const llama4Tokenizer: OtherTokenizer = {
  specialTokens: [
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|header_start|>",
    "<|header_end|>",
    "<|eot|>",
    "<|eom|>",
    "<|python_start|>",
    "<|image|>",
    "<|vision_reserved_special_token_1047|>",
    "<|reserved_special_token_5|>",
  ],
  tokens(prompt) {
    const tokens = llama4Tokens(prompt);
    return tokens.length === 0 ? [LLAMA_4_BOS] : tokens;
  },
};
