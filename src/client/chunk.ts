import {
  INVOCATION_METRICS_KEY,
  type InvocationMetrics,
  type NativeLlamaResponse,
  type NativeStopReason,
} from "../bedrock/index.js";
import { LlamaResponseError } from "./errors.js";

/** One part of a streamed answer: one token, in the words of this language. */
export type LlamaChunk = NativeLlamaResponse;

/** What Bedrock measured of one call; its last chunk tells. */
export type LlamaMetrics = InvocationMetrics;

/** Characters of a strange response shown in the error: enough to recognize it. */
const EXCERPT_LENGTH = 200;

/**
 * Reads one native Llama response or chunk of a stream.
 *
 * @throws {LlamaResponseError} it's something else.
 */
export function parseChunk(bytes: Uint8Array): LlamaChunk {
  const text = new TextDecoder().decode(bytes);
  const body = parseObject(text);
  const generation = body?.["generation"];
  const count = body?.["generation_token_count"];
  if (body === undefined || typeof generation !== "string" || typeof count !== "number") {
    throw new LlamaResponseError(text.slice(0, EXCERPT_LENGTH));
  }
  const promptTokenCount = body["prompt_token_count"];
  const stopReason = body["stop_reason"];
  const metrics = body[INVOCATION_METRICS_KEY];
  return {
    generation,
    promptTokenCount: typeof promptTokenCount === "number" ? promptTokenCount : null,
    generationTokenCount: count,
    stopReason: typeof stopReason === "string" ? (stopReason as NativeStopReason) : null,
    ...(isRecord(metrics) && { metrics: metrics as unknown as InvocationMetrics }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
