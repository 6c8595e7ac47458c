import type { ScriptedToolCall } from "./script.js";

/**
 * The expression by which Llama 3's tokenizer splits a text before it looks into its vocabulary, as Meta publishes it; `i` stands for
 * the whole, where Meta's holds for the first alternative only, which makes no difference to the others.
 */
const PIECES =
  /'(?:[sdmt]|ll|re|ve)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/giu;

/** Splits a text as Llama 3 does, short of its vocabulary: an ordinary word with the space before it is one piece. */
export function splitIntoPieces(text: string): readonly string[] {
  return text.match(PIECES) ?? [];
}

/**
 * The text of a tool call as Llama 3.3 writes it: on one line, spaces after colons and commas (computed from recorded counts of tokens).
 *
 * @throws {TypeError} JSON can't hold the input.
 */
export function writeToolCall({ name, input = {} }: ScriptedToolCall): string {
  // a line break in the JSON is never part of a string: there it is escaped
  return JSON.stringify({ name, parameters: input }, undefined, 1)
    .replaceAll(/,\n */gu, ", ")
    .replaceAll(/\n */gu, "");
}
