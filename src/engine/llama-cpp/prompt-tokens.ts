import type { BosRule } from "../engine.js";
import type { LlamaModel, TokenId } from "./bindings.js";

/**
 * The tokens of a prompt. Special tokens written in the text are parsed as such; the beginning-of-sequence token is added
 * by `bos`, since llama.cpp's binding never adds it here.
 */
export function tokenizePrompt(model: LlamaModel, prompt: string, bos: BosRule): TokenId[] {
  const tokens = model.tokenize(prompt, true);
  const { bos: bosToken, shouldPrependBosToken } = model.tokens;
  if (bosToken === null) return tokens;
  const wanted = bos === "always" || (bos === "model" && shouldPrependBosToken && tokens[0] !== bosToken);
  // llama.cpp can't start from nothing
  return wanted || tokens.length === 0 ? [bosToken, ...tokens] : tokens;
}
