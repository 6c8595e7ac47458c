import { setTimeout as sleep } from "node:timers/promises";

import type { Generation, Token } from "../../engine/index.js";
import type { ApiRequest } from "../api-request.js";
import { FaultCutError } from "../errors/fault-cut-error.js";
import { isException, SLOW_MS, type Fault, type FaultKind } from "./fault.js";
import { faultException } from "./fault-exception.js";

/** The check in whose place a fault strikes: in Bedrock's order, access to the model comes before throttling. */
export type FaultStage = "model" | "throttling";

/** What Bedrock finds out when it looks for the model; all others strike where it throttles. */
const MODEL_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "AccessDeniedException",
  "ResourceNotFoundException",
]);

/**
 * Lets the fault that a request drew strike, if it's one that comes before the response and this is its stage.
 *
 * @throws {BedrockException} the fault.
 * @throws {FaultCutError} the connection is to be cut.
 */
export function strikeBefore({ fault, record }: ApiRequest, stage: FaultStage): void {
  if (!fault || fault.after !== undefined) return;
  if (stage === (MODEL_FAULTS.has(fault.kind) ? "model" : "throttling")) strike(fault, record.modelId);
}

/** A generation with the fault that its request drew, or the generation itself. */
export function withFault(generation: Generation, { fault, record, signal }: ApiRequest): Generation {
  if (!fault || (fault.after === undefined && fault.kind !== "slow" && fault.kind !== "stall"))
    return generation;
  const { promptTokens } = generation;
  return {
    promptTokens,
    [Symbol.asyncIterator]: () => faultyTokens(generation, fault, record.modelId, signal),
  };
}

async function* faultyTokens(
  generation: Generation,
  fault: Fault,
  modelId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Token, void, undefined> {
  const { kind, after = 0, ms = SLOW_MS } = fault;
  let count = 0;
  // with break or an error here, the generation itself ends too
  for await (const token of generation) {
    if (count === after) {
      if (kind === "slow") await pause(ms, signal);
      else if (kind === "stall") await stall(signal);
      else strike(fault, modelId);
    }
    yield token;
    count += 1;
  }
}

function strike({ kind, message }: Fault, modelId = ""): void {
  if (kind === "cut") throw new FaultCutError();
  if (isException(kind)) throw faultException(kind, message, modelId);
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
