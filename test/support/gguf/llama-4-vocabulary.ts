import { mergeBytes } from "../tokenizers/llama-4-tokenizer.js";
import { readLlama4Vocabulary } from "../tokenizers/llama-4-vocabulary.js";
import { TOKEN_KIND, type Vocabulary } from "./vocabulary.js";

/**
 * Llama 4's vocabulary, as in a GGUF converted from Meta's files. These have ranks and no merges: each token is merged from the two
 * parts that are left when all merges of a lower rank are done.
 *
 * @throws {@link Error} if the set-up of the tests couldn't fetch Meta's file
 */
export function llama4Vocabulary(): Vocabulary {
  const { ranks, special } = readLlama4Vocabulary();
  const texts = [...ranks.keys()];
  const merges = texts
    .filter((text) => text.length > 1)
    .map((text) => mergeBytes(text, ranks, ranks.get(text)).map(visible).join(" "));
  return {
    tokens: [...texts.map(visible), ...special.keys()],
    kinds: [...texts.map(() => TOKEN_KIND.normal), ...Array.from(special, () => TOKEN_KIND.control)],
    metadata: {
      "tokenizer.ggml.model": { type: "string", value: "gpt2" },
      "tokenizer.ggml.pre": { type: "string", value: "llama4" },
      "tokenizer.ggml.merges": { type: "strings", value: merges },
      "tokenizer.ggml.bos_token_id": { type: "uint32", value: special.get("<|begin_of_text|>") ?? NaN },
      "tokenizer.ggml.eos_token_id": { type: "uint32", value: special.get("<|eot|>") ?? NaN },
      "tokenizer.ggml.add_bos_token": { type: "bool", value: true },
    },
  };
}

/** Bytes that have a sign of their own in Latin-1; GPT-2's vocabulary files write these as they are. */
const isVisible = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The other bytes, in their order, are written as the characters from U+0100 on. */
const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !isVisible(byte));

/** Bytes as GPT-2's vocabulary files write them. @param bytes - one character for each byte */
function visible(bytes: string): string {
  return Array.from(bytes, (character) => {
    const byte = character.charCodeAt(0);
    return isVisible(byte) ? character : String.fromCharCode(0x100 + hidden.indexOf(byte));
  }).join("");
}
