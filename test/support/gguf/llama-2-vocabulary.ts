import tokenizer from "llama-tokenizer-js";

import { TOKEN_KIND, type Vocabulary } from "./vocabulary.js";

/** `<unk>`, `<s>` and `</s>`, then one token for each byte; from here on, texts in the order in which they are merged. */
const FIRST_TEXT = 259;

/** Lower than any other score: spaces are merged only after all other merges. */
const SPACES_SCORE = -1e9;

/**
 * Llama 2's vocabulary, as in a GGUF converted from Meta's files. The package with the tokens has no scores, but
 * its list of merges gives their order: by id, with runs of spaces last, which share one score. The resulting token
 * counts match Bedrock's recorded ones.
 */
export function llama2Vocabulary(): Vocabulary {
  const tokens = tokenizer.vocabById;
  return {
    tokens,
    kinds: tokens.map((_, id) => {
      if (id === 0) return TOKEN_KIND.unknown;
      if (id < 3) return TOKEN_KIND.control;
      return id < FIRST_TEXT ? TOKEN_KIND.byte : TOKEN_KIND.normal;
    }),
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: "llama" },
      "tokenizer.ggml.pre": { type: "string", value: "default" },
      "tokenizer.ggml.scores": {
        type: "float32s",
        value: tokens.map((token, id) => {
          if (id < FIRST_TEXT) return 0;
          return /^▁▁+$/u.test(token) ? SPACES_SCORE : FIRST_TEXT - id;
        }),
      },
      "tokenizer.ggml.unknown_token_id": { type: "uint32", value: 0 },
      "tokenizer.ggml.bos_token_id": { type: "uint32", value: 1 },
      "tokenizer.ggml.eos_token_id": { type: "uint32", value: 2 },
      "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
      "tokenizer.ggml.add_eos_token": { type: "bool", value: false },
    },
  };
}
