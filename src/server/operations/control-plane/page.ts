import { invalidNextToken } from "../../../bedrock/index.js";

/** A part of a list, and what to ask the next one with. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined where it is the last. */
  readonly nextToken: string | undefined;
}

/**
 * One page of a list. A token names the entry that its page begins with, so it holds as long as there is that entry, also in
 * another process.
 *
 * @param size - at most
 * @throws {BedrockException} `ValidationException`: no page begins there.
 */
export function pageOf<T>(
  list: readonly T[],
  idOf: (item: T) => string,
  size: number,
  token: string | undefined,
): Page<T> {
  const start = token === undefined ? 0 : list.findIndex((item) => tokenOf(idOf(item)) === token);
  if (start < 0) throw invalidNextToken();
  const next = list[start + size];
  return { items: list.slice(start, start + size), nextToken: next && tokenOf(idOf(next)) };
}

function tokenOf(id: string): string {
  return Buffer.from(id).toString("base64url");
}
