import { type Llama4Vocabulary, readLlama4Vocabulary } from "./llama-4-vocabulary.js";

/** White space as Meta's tokenizer has it: JavaScript's `\s` takes U+FEFF for one, and not U+0085. */
const SPACE = String.raw`\p{White_Space}`;
const LETTER = String.raw`\p{Lm}\p{Lo}\p{M}`;
/** In either case, and the long s too, which is an s in another case. */
const CONTRACTION = "(?:'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?";

/** Where a text is cut before tokens are merged: `O200K_PATTERN` in Meta's `llama_models/llama4/tokenizer.py`. */
const PIECE = new RegExp(
  [
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}${LETTER}]*[\p{Ll}${LETTER}]+${CONTRACTION}`,
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}${LETTER}]+[\p{Ll}${LETTER}]*${CONTRACTION}`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?[^${SPACE}\p{L}\p{N}]+[\r\n/]*`,
    String.raw`${SPACE}*[\r\n]+`,
    String.raw`${SPACE}+(?!\P{White_Space})`,
    `${SPACE}+`,
  ].join("|"),
  "gu",
);

const SPECIAL = /<\|\w+\|>/gu;

/** The tokens of a text with Llama 4's vocabulary; special tokens in it are read as such. */
export function llama4Tokens(text: string): number[] {
  const vocabulary = readLlama4Vocabulary();
  const tokens: number[] = [];
  let at = 0;
  for (const { 0: name, index } of text.matchAll(SPECIAL)) {
    const id = vocabulary.special.get(name);
    if (id === undefined) continue;
    tokens.push(...textTokens(text.slice(at, index), vocabulary), id);
    at = index + name.length;
  }
  return [...tokens, ...textTokens(text.slice(at), vocabulary)];
}

function textTokens(text: string, { ranks }: Llama4Vocabulary): number[] {
  return [...text.matchAll(PIECE)].flatMap(([piece]) => {
    const bytes = Buffer.from(piece).toString("latin1");
    const whole = ranks.get(bytes);
    return whole === undefined ? mergeBytes(bytes, ranks).map((part) => ranks.get(part) ?? NaN) : [whole];
  });
}

/**
 * Byte pair encoding: joins the two neighbours whose whole has the lowest rank, until no two have one below the limit.
 *
 * @param bytes - one character for each byte
 */
export function mergeBytes(bytes: string, ranks: ReadonlyMap<string, number>, limit = Infinity): string[] {
  const parts = Array.from(bytes);
  for (;;) {
    let [best, lowest] = [-1, limit];
    for (let i = 0; i + 1 < parts.length; i += 1) {
      const rank = ranks.get(`${parts[i]}${parts[i + 1]}`) ?? Infinity;
      if (rank < lowest) [best, lowest] = [i, rank];
    }
    if (best < 0) return parts;
    parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
  }
}
