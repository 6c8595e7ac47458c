import tokenizer from "llama3-tokenizer-js";

import { TOKEN_KIND, type Vocabulary } from "./vocabulary.js";

const BEGIN_OF_TEXT = "<|begin_of_text|>";
const END_OF_TURN = "<|eot_id|>";

/**
 * The vocabulary of Llama 3 to 3.3, as in a GGUF converted from Meta's files: no setting for a beginning-of-sequence token,
 * which llama.cpp then adds for this tokenizer.
 */
export function llama3Vocabulary(): Vocabulary {
  const tokens = tokenizer.vocabById;
  const firstSpecial = tokenizer.getSpecialTokenId(BEGIN_OF_TEXT);
  return {
    tokens,
    kinds: tokens.map((_, id) => (id < firstSpecial ? TOKEN_KIND.normal : TOKEN_KIND.control)),
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: "gpt2" },
      "tokenizer.ggml.pre": { type: "string", value: "llama-bpe" },
      "tokenizer.ggml.merges": { type: "strings", value: [...tokenizer.merges.keys()] },
      "tokenizer.ggml.bos_token_id": { type: "uint32", value: firstSpecial },
      "tokenizer.ggml.eos_token_id": { type: "uint32", value: tokenizer.getSpecialTokenId(END_OF_TURN) },
    },
  };
}
