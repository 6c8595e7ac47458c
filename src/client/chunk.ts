import {
  INVOCATION_METRICS_KEY,
  type InvocationMetrics as LlamaMetrics,
  type NativeLlamaResponse as LlamaChunk,
  type NativeStopReason as LlamaStopReason,
} from "../bedrock/index.js";
import { LlamaResponseError } from "./errors.js";

export type { LlamaChunk, LlamaMetrics, LlamaStopReason };

/** The length of the excerpt of an invalid response in the error, in characters: enough to recognize it. */
export const EXCERPT_LENGTH = 200;

/**
 * Parses one native Llama response, or one chunk of a stream.
 *
 * @throws {LlamaResponseError} the bytes are something else.
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
    stopReason: typeof stopReason === "string" ? (stopReason as LlamaStopReason) : null,
    ...(isRecord(metrics) && { metrics: metrics as unknown as LlamaMetrics }),
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
