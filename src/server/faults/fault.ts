import { exceptionTypes, type ExceptionType } from "../../bedrock/index.js";

/**
 * What goes wrong: one of Bedrock's exceptions, a `slow` first token, a `stall` (no more tokens, and no end), or a `cut`
 * connection.
 */
export type FaultKind = ExceptionType | "slow" | "stall" | "cut";

/** A fault asked for, so that a program can be tested against what Bedrock does on a bad day. */
export interface Fault {
  /** What goes wrong. */
  readonly kind: FaultKind;
  /** The operation that suffers it, as AWS names it. @default every operation */
  readonly operation?: string | undefined;
  /** The share of requests that suffer it, above 0 and up to 1. @default 1 */
  readonly rate?: number | undefined;
  /** How many requests suffer it; those that come later don't. A request that is refused before isn't counted. @default all */
  readonly count?: number | undefined;
  /**
   * Tokens after which it strikes; left out, it strikes before the response begins (a `slow` first token and a `stall` then begin
   * at 0). An answer that ends before isn't struck. A whole response fails as if it had struck before, and so does the response
   * of an operation that generates nothing, whatever this says.
   */
  readonly after?: number | undefined;
  /** Milliseconds that a `slow` token takes longer. @default 5000 */
  readonly ms?: number | undefined;
  /** What the exception says. @default Bedrock's own message where it's known */
  readonly message?: string | undefined;
}

/** Long enough for anybody to see, well below the 30 s after which the SDK for Java asks again. */
export const SLOW_MS = 5_000;

/** Whether a kind is one of Bedrock's exceptions. */
export function isException(kind: FaultKind): kind is ExceptionType {
  return Object.hasOwn(exceptionTypes, kind);
}
