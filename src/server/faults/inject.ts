import { setTimeout as sleep } from "node:timers/promises";

import type { Generation, Token } from "../../engine/index.js";
import type { ApiRequest } from "../api-request.js";
import { FaultCutError } from "../errors.js";
import { faultException } from "./fault-exception.js";
import type { FaultFilter } from "./fault-plan.js";
import { type Fault, type FaultKind, isException, SLOW_MS } from "./fault.js";

/** The check in whose place a fault strikes: in Bedrock's order, access to the model comes before throttling. */
export type FaultStage = "model" | "throttling";

/** What Bedrock finds out when it looks for the model; all others strike where it throttles. */
const MODEL_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "AccessDeniedException",
  "ResourceNotFoundException",
]);

/**
 * Lets a fault of the request strike, if there is one that comes before the response and this is its stage.
 *
 * @throws {BedrockException} the fault.
 * @throws {FaultCutError} the connection is to be cut.
 */
export function strikeBefore(request: ApiRequest, stage: FaultStage): void {
  const fault = take(
    request,
    (each) => !isDuring(each) && stage === (MODEL_FAULTS.has(each.kind) ? "model" : "throttling"),
  );
  if (fault) strike(fault, request);
}

/**
 * Lets every fault of the request strike, in the place of throttling: for an operation that generates nothing, and so has no
 * tokens after which they could. A `slow` one answers late, a `stall` never.
 *
 * @throws {BedrockException} the fault.
 * @throws {FaultCutError} the connection is to be cut.
 * @throws `signal.reason` once aborted.
 */
export async function strikeWhole(request: ApiRequest): Promise<void> {
  strikeBefore(request, "model");
  await strikeAll(request, () => true);
}

/** Whether a fault strikes the request now, and takes its time for it. */
export function isStruck({ faults }: ApiRequest): boolean {
  return faults?.striking ?? false;
}

/** A generation with the faults of its request that strike while it runs, or the generation itself. */
export function withFault(generation: Generation, request: ApiRequest): Generation {
  if (!request.faults?.has(isDuring)) return generation;
  return {
    promptTokens: generation.promptTokens,
    [Symbol.asyncIterator]: () => faultyTokens(generation, request),
  };
}

async function* faultyTokens(
  generation: Generation,
  request: ApiRequest,
): AsyncGenerator<Token, void, undefined> {
  let count = 0;
  // with break or an error here, the generation itself ends too
  for await (const token of generation) {
    await strikeAll(request, (fault) => isDuring(fault) && (fault.after ?? 0) === count);
    yield token;
    count += 1;
  }
}

/** Whether it strikes while tokens come. */
function isDuring({ kind, after }: Fault): boolean {
  return after !== undefined || kind === "slow" || kind === "stall";
}

function take({ faults, record }: ApiRequest, fits: FaultFilter): Fault | undefined {
  const fault = faults?.take(fits);
  if (fault) record.fault = record.fault === undefined ? fault.kind : `${record.fault}, ${fault.kind}`;
  return fault;
}

/** One after the other, in the order asked for, until one ends the request. */
async function strikeAll(request: ApiRequest, fits: FaultFilter): Promise<void> {
  const { signal, faults } = request;
  if (!faults) return;
  faults.striking = true;
  try {
    for (let fault = take(request, fits); fault; fault = take(request, fits)) {
      if (fault.kind === "slow") await pause(fault.ms ?? SLOW_MS, signal);
      else if (fault.kind === "stall") await stall(signal);
      else strike(fault, request);
    }
  } finally {
    faults.striking = false;
  }
}

function strike({ kind, message }: Fault, { record }: ApiRequest): void {
  if (kind === "cut") throw new FaultCutError();
  if (isException(kind)) throw faultException(kind, message, record.modelId ?? "");
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // the timer's own AbortError would hide the reason
  await sleep(ms, undefined, { signal }).catch(() => undefined);
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
