import type { GgufValue } from "./write-gguf.js";

/** llama.cpp's numbers for the kinds of tokens. */
export const TOKEN_KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** The tokens in a model file. */
export interface Vocabulary {
  /** In the order of their ids. */
  readonly tokens: readonly string[];
  /** One of {@link TOKEN_KIND} for each token. */
  readonly kinds: readonly number[];
  /** Further metadata. */
  readonly metadata: Readonly<Record<string, GgufValue>>;
}
