import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../../.cache/llama-4/tokenizer.model", import.meta.url));

/** The number of special tokens, those that have no use yet included. Their ids follow those of the texts. */
const SPECIAL_TOKENS = 2048;

const reserved = (name: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `<|${name}reserved_special_token_${from + i}|>`);

/** The special tokens in the order of their ids, as Meta's `llama_models/llama4/tokenizer.py` numbers them. */
const namedTokens = [
  ..."<|begin_of_text|> <|end_of_text|> <|fim_prefix|> <|fim_middle|> <|fim_suffix|>".split(" "),
  ..."<|header_start|> <|header_end|> <|eom|> <|eot|> <|step|>".split(" "),
  ...reserved("text_post_train_", 0, 5),
  ..."<|python_start|> <|python_end|> <|finetune_right_pad|>".split(" "),
  ...reserved("text_post_train_", 8, 68),
  ..."<|image_start|> <|image_end|>".split(" "),
  ...reserved("vision_", 0, 1),
  ..."<|tile_x_separator|> <|tile_y_separator|>".split(" "),
  ...reserved("vision_", 2, 5),
  "<|image|>",
  ...reserved("vision_", 6, 6),
  "<|patch|>",
  ...reserved("vision_", 7, 1047),
  ...reserved("reasoning_", 0, 7),
  ..."<|reasoning_thinking_start|> <|reasoning_thinking_end|>".split(" "),
];

/** Llama 4's vocabulary. */
export interface Llama4Vocabulary {
  /** The id of each text token. Its key has one character for each byte: Latin-1. A lower id is merged earlier. */
  readonly ranks: ReadonlyMap<string, number>;
  /** The id of each special token. */
  readonly special: ReadonlyMap<string, number>;
}

let loaded: Llama4Vocabulary | undefined;

/**
 * Reads the vocabulary from Meta's file: a line for each text token, its bytes in Base64 and its rank.
 *
 * @throws {@link Error} if the set-up of the tests couldn't fetch the file
 */
export function readLlama4Vocabulary(): Llama4Vocabulary {
  loaded ??= load();
  return loaded;
}

function load(): Llama4Vocabulary {
  const ranks = new Map<string, number>();
  for (const line of readFileSync(file, "latin1").split("\n")) {
    const [token = "", rank] = line.split(" ");
    if (rank !== undefined) ranks.set(Buffer.from(token, "base64").toString("latin1"), Number(rank));
  }
  const names = [...namedTokens, ...reserved("", 0, SPECIAL_TOKENS - namedTokens.length - 1)];
  return { ranks, special: new Map(names.map((name, i) => [name, ranks.size + i])) };
}
