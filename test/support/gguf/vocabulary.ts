import type { GgufValue } from "./write-gguf.js";

/** llama.cpp's numbers of the kinds of token. */
export const TOKEN_KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** What a model file says of its tokens. */
export interface Vocabulary {
  /** In the order of their ids. */
  readonly tokens: readonly string[];
  /** One of {@link TOKEN_KIND} a token. */
  readonly kinds: readonly number[];
  /** The metadata beside them. */
  readonly metadata: Readonly<Record<string, GgufValue>>;
}
