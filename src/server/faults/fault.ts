import { exceptionTypes, type ExceptionType } from "../../bedrock/index.js";

/**
 * The kind of a fault: one of Bedrock's exceptions, a `slow` token, a `stall` (no more tokens, and no end), or a `cut` connection.
 */
export type FaultKind = ExceptionType | "slow" | "stall" | "cut";

/** A fault to inject, to test how a program handles Bedrock's failures. */
export interface Fault {
  /** The kind of fault. */
  readonly kind: FaultKind;
  /** The operation to inject it into, as AWS spells it. @default every operation */
  readonly operation?: string | undefined;
  /** The share of requests to inject it into, above 0 and up to 1. @default 1 */
  readonly rate?: number | undefined;
  /** The number of requests to inject it into. A request that is refused for another reason isn't counted. @default all */
  readonly count?: number | undefined;
  /**
   * Number of tokens after which the fault is injected. If left out, it is injected before the response begins; `slow` and `stall` then
   * count as 0. An answer that ends earlier gets no fault. Without streaming, the exception replaces the whole response. An operation that
   * generates nothing ignores `after`.
   */
  readonly after?: number | undefined;
  /** Delay of a `slow` token, in ms. @default 5000 */
  readonly ms?: number | undefined;
  /** The exception's message. @default Bedrock's own message if it is known */
  readonly message?: string | undefined;
}

/** Long enough to notice, well below the 30 s after which the SDK for Java retries. */
export const SLOW_MS = 5_000;

/** Whether a kind is one of Bedrock's exceptions. */
export function isException(kind: FaultKind): kind is ExceptionType {
  return Object.hasOwn(exceptionTypes, kind);
}
