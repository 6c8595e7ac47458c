import { setTimeout as sleep } from "node:timers/promises";

import type { Generation, Token } from "../../engine/index.js";
import { timerMs } from "../../platform/index.js";
import { FaultCutError } from "../errors.js";
import type { RequestEvent } from "../observe/index.js";
import { faultException } from "./fault-exception.js";
import type { FaultFilter, RequestFaults } from "./fault-plan.js";
import { type Fault, type FaultKind, isException, SLOW_MS } from "./fault.js";

/** A request that faults can be injected into. */
export interface FaultTarget {
  /** Those that may be injected. */
  readonly faults: RequestFaults;
  /** The model id, as the caller wrote it. */
  readonly resource: string;
  readonly signal: AbortSignal;
  emit(event: RequestEvent): void;
}

/** The check in whose place a fault is injected: in Bedrock's order, access to the model comes before throttling. */
export type FaultStage = "model" | "throttling";

/** What Bedrock finds out when it looks for the model; all others are injected where it throttles. */
const MODEL_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "AccessDeniedException",
  "ResourceNotFoundException",
]);

/**
 * Injects a fault that comes before the response, if the request has one for this stage.
 *
 * @throws {BedrockException} the fault.
 * @throws {FaultCutError} the connection is to be cut.
 */
export function injectBefore(request: FaultTarget, stage: FaultStage): void {
  const fault = take(
    request,
    (each) => !isDuring(each) && stage === (MODEL_FAULTS.has(each.kind) ? "model" : "throttling"),
  );
  if (fault) fail(fault, request);
}

/**
 * Injects every fault of the request in the place of throttling: for an operation that generates nothing, and so has no tokens to
 * wait for. A `slow` one answers late, a `stall` never.
 *
 * @throws {BedrockException} the fault.
 * @throws {FaultCutError} the connection is to be cut.
 * @throws `signal.reason` once aborted.
 */
export async function injectWhole(request: FaultTarget): Promise<void> {
  injectBefore(request, "model");
  await injectAll(request, () => true);
}

/** Whether a fault keeps the request waiting now. */
export function isInjecting({ faults }: FaultTarget): boolean {
  return faults.injecting;
}

/** The generation with the faults of its request that come while it runs; the generation itself where there are none. */
export function withFaults(generation: Generation, request: FaultTarget): Generation {
  if (!request.faults.has(isDuring)) return generation;
  return {
    promptTokens: generation.promptTokens,
    [Symbol.asyncIterator]: () => faultyTokens(generation, request),
  };
}

async function* faultyTokens(
  generation: Generation,
  request: FaultTarget,
): AsyncGenerator<Token, void, undefined> {
  let count = 0;
  // with break or an error here, the generation itself ends too
  for await (const token of generation) {
    await injectAll(request, (fault) => isDuring(fault) && (fault.after ?? 0) === count);
    yield token;
    count += 1;
  }
}

/** Whether it comes while tokens do. */
function isDuring({ kind, after }: Fault): boolean {
  return after !== undefined || kind === "slow" || kind === "stall";
}

function take(request: FaultTarget, fits: FaultFilter): Fault | undefined {
  const fault = request.faults.take(fits);
  if (fault) request.emit({ type: "faultInjected", kind: fault.kind });
  return fault;
}

/** One after the other, in the order asked for, until one ends the request. */
async function injectAll(request: FaultTarget, fits: FaultFilter): Promise<void> {
  const { signal, faults } = request;
  faults.injecting = true;
  try {
    for (let fault = take(request, fits); fault; fault = take(request, fits)) {
      if (fault.kind === "slow") await pause(fault.ms ?? SLOW_MS, signal);
      else if (fault.kind === "stall") await stall(signal);
      else fail(fault, request);
    }
  } finally {
    faults.injecting = false;
  }
}

function fail({ kind, message }: Fault, { resource }: FaultTarget): void {
  if (kind === "cut") throw new FaultCutError();
  if (isException(kind)) throw faultException(kind, message, resource);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // the timer's own AbortError would hide the reason
  await sleep(timerMs(ms), undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Never goes on; ends with the request. */
function stall(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
