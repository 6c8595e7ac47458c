import { setTimeout as sleep } from "node:timers/promises";

import type { Generation, Token } from "../../engine/index.js";
import { FaultCutError } from "../errors.js";
import type { RequestEvent } from "../observe/index.js";
import { faultException } from "./fault-exception.js";
import type { FaultFilter, RequestFaults } from "./fault-plan.js";
import { type Fault, type FaultKind, isException, SLOW_MS } from "./fault.js";

/** A request that faults can be injected into. */
export interface FaultTarget {
  /** The faults that may be injected. */
  readonly faults: RequestFaults;
  /** The model id, as the caller wrote it. */
  readonly resource: string;
  readonly signal: AbortSignal;
  emit(event: RequestEvent): void;
}

/** The check at which a fault is injected. Bedrock checks access to the model before it throttles. */
export type FaultStage = "model" | "throttling";

/** Faults injected at the check of the model; all others are injected at throttling. */
const MODEL_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "AccessDeniedException",
  "ResourceNotFoundException",
]);

/**
 * Injects the request's fault for this stage before the response, if it has one.
 *
 * @throws {BedrockException} the injected exception.
 * @throws {FaultCutError} the fault cuts the connection.
 */
export function injectAt(request: FaultTarget, stage: FaultStage): void {
  const fault = take(
    request,
    (each) => !isDuring(each) && stage === (MODEL_FAULTS.has(each.kind) ? "model" : "throttling"),
  );
  if (fault) fail(fault, request);
}

/**
 * Injects every fault of a request to an operation that generates no tokens, at the throttling stage. `slow` delays the answer, `stall`
 * withholds it.
 *
 * @throws {BedrockException} the injected exception.
 * @throws {FaultCutError} the fault cuts the connection.
 * @throws `signal.reason` once aborted.
 */
export async function injectWithoutGeneration(request: FaultTarget): Promise<void> {
  injectAt(request, "model");
  await injectAll(request, () => true);
}

/** Whether a fault is delaying the request now. */
export function isInjecting({ faults }: FaultTarget): boolean {
  return faults.injecting;
}

/** The generation with its request's faults between tokens; the generation itself if there are none. */
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
  // leaving this loop by break or an error ends the generation too
  for await (const token of generation) {
    await injectAll(request, (fault) => isDuring(fault) && (fault.after ?? 0) === count);
    yield token;
    count += 1;
  }
}

/** Whether the fault is injected between tokens. */
function isDuring({ kind, after }: Fault): boolean {
  return after !== undefined || kind === "slow" || kind === "stall";
}

function take(request: FaultTarget, fits: FaultFilter): Fault | undefined {
  const fault = request.faults.take(fits);
  if (fault) request.emit({ type: "faultInjected", kind: fault.kind });
  return fault;
}

/** Injects matching faults in the order they were given, until one ends the request. */
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
  // throws the signal's own reason instead of the timer's AbortError
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** Never resolves; rejects when the request is aborted. */
function stall(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
