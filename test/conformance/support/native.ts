import { expect } from "vitest";

import type { Answer } from "./answer.js";

/** InvokeModel's body. */
export interface NativeResponse {
  readonly generation: string;
  readonly prompt_token_count: number;
  readonly generation_token_count: number;
  readonly stop_reason: string;
}

/** A payload part of InvokeModelWithResponseStream. */
export interface NativeChunk {
  readonly generation: string;
  readonly prompt_token_count: number | null;
  readonly generation_token_count: number;
  readonly stop_reason: string | null;
  readonly "amazon-bedrock-invocationMetrics"?: Readonly<Record<string, number>>;
}

const KEYS = ["generation", "prompt_token_count", "generation_token_count", "stop_reason"];
const METRICS = "amazon-bedrock-invocationMetrics";

/** Expects the shape of InvokeModel's body: its keys in their order, and their types. */
export function expectNativeResponse(body: string | undefined): NativeResponse {
  const response = JSON.parse(body ?? "") as NativeResponse;
  expect(Object.keys(response)).toEqual(KEYS);
  expect(response.generation).toEqual(expect.any(String));
  expect(response.prompt_token_count).toBeGreaterThan(0);
  expect(response.generation_token_count).toBeGreaterThan(0);
  expect(response.stop_reason).toMatch(/^(?:stop|length)$/u);
  return response;
}

/** The chunks received. */
export function nativeChunks({ events = [] }: Answer): readonly NativeChunk[] {
  return events.map(({ chunk }) => JSON.parse(chunk ?? "") as NativeChunk);
}

/**
 * Expects the shape of a complete stream: one chunk for each token, the prompt's count in the first, the stop reason and metrics in the
 * last, and counts that agree.
 */
export function expectNativeChunks(answer: Answer): readonly NativeChunk[] {
  expect(answer.error).toBeUndefined();
  const chunks = nativeChunks(answer);
  const last = chunks.at(-1);
  expect(chunks.map(({ generation_token_count: count }) => count)).toEqual(chunks.map((_, i) => i + 1));
  for (const [i, chunk] of chunks.entries()) {
    expect(Object.keys(chunk)).toEqual(chunk === last ? [...KEYS, METRICS] : KEYS);
    expect(chunk.prompt_token_count).toEqual(i === 0 ? expect.any(Number) : null);
    expect(chunk.stop_reason).toEqual(chunk === last ? expect.stringMatching(/^(?:stop|length)$/u) : null);
  }
  const metrics = last?.[METRICS] ?? {};
  expect(Object.keys(metrics)).toEqual([
    "inputTokenCount",
    "outputTokenCount",
    "invocationLatency",
    "firstByteLatency",
  ]);
  expect(metrics).toMatchObject({
    inputTokenCount: chunks[0]?.prompt_token_count,
    outputTokenCount: chunks.length,
  });
  const { invocationLatency = NaN, firstByteLatency = NaN } = metrics;
  expect(Number.isInteger(invocationLatency) && Number.isInteger(firstByteLatency)).toBe(true);
  expect(firstByteLatency).toBeLessThanOrEqual(invocationLatency);
  return chunks;
}
