import type { ServerToken } from "../dialect.js";

/** How Llama's vocabularies write special tokens. */
const SPECIAL = /^(?:<\|[^|]+\|>|<\/?s>)$/u;

/** A token that has no text of its own is special, or ends inside a character. */
export function specialForm(written: string): { readonly special: string } | undefined {
  return SPECIAL.test(written) ? { special: written } : undefined;
}

/** `count` tokens of which the last completes `text`: those before it end inside its first character. */
export function tokensOf(text: string, count: number, id?: number): readonly ServerToken[] {
  if (count < 1) return [];
  const before = Array.from({ length: count - 1 }, () => ({ id: undefined, text: "" }));
  return [...before, { id, text }];
}
