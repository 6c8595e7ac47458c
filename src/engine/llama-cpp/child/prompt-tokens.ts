import type { BosRule } from "../../engine.js";
import type { TokenId } from "./bindings.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * The tokens of a prompt. Special tokens written in the text are parsed as such; the beginning-of-sequence token is added
 * by `bos`, since llama.cpp's binding never adds it here.
 */
export function tokenizePrompt(
  vocabulary: Pick<Vocabulary, "tokenize" | "bos" | "prependsBos">,
  prompt: string,
  rule: BosRule,
): TokenId[] {
  const tokens = vocabulary.tokenize(prompt);
  const { bos, prependsBos } = vocabulary;
  if (bos === null) return tokens;
  const wanted = rule === "always" || (rule === "model" && prependsBos && tokens[0] !== bos);
  // llama.cpp can't start from nothing
  return wanted || tokens.length === 0 ? [bos, ...tokens] : tokens;
}
