/** Why a generation ended: at an end-of-sequence token, or at the token limit. */
export type NativeStopReason = "stop" | "length";

/** The response of InvokeModel, and the payload of each chunk of a stream. */
export interface NativeLlamaResponse {
  /** The text, without special tokens; raw UTF-8 on the wire. */
  readonly generation: string;
  /** In a stream: a number in the first chunk only. */
  readonly promptTokenCount: number | null;
  /** Tokens generated so far, including the end-of-sequence token. */
  readonly generationTokenCount: number;
  /** In a stream: null until the last chunk. */
  readonly stopReason: NativeStopReason | null;
  /** Only in the last chunk of a stream. */
  readonly metrics?: InvocationMetrics;
}

/** Compact JSON in Bedrock's order of keys (recorded). */
export function encodeNativeResponse(response: NativeLlamaResponse): string {
  const { generation, promptTokenCount, generationTokenCount, stopReason, metrics } = response;
  const reason = stopReason === null ? "null" : `"${stopReason}"`;
  const counts = `"prompt_token_count":${promptTokenCount ?? "null"},"generation_token_count":${generationTokenCount}`;
  const tail = metrics ? `,"${INVOCATION_METRICS_KEY}":${encodeMetrics(metrics)}` : "";
  return `{"generation":${JSON.stringify(generation)},${counts},"stop_reason":${reason}${tail}}`;
}

/** The measurements in the last chunk of a stream. */
export interface InvocationMetrics {
  /** Tokens of the prompt. */
  readonly inputTokenCount: number;
  /** Tokens generated, including the end-of-sequence token. */
  readonly outputTokenCount: number;
  /** From the start of the request to the last token, in ms. */
  readonly invocationLatency: number;
  /** From the start of the request to the first token, in ms. */
  readonly firstByteLatency: number;
}

/** The key of {@link InvocationMetrics} in the last chunk. */
export const INVOCATION_METRICS_KEY = "amazon-bedrock-invocationMetrics";

/** In Bedrock's order of keys, latencies in whole ms. */
function encodeMetrics(metrics: InvocationMetrics): string {
  const { inputTokenCount, outputTokenCount } = metrics;
  const invocationLatency = Math.round(metrics.invocationLatency);
  const firstByteLatency = Math.round(metrics.firstByteLatency);
  return JSON.stringify({ inputTokenCount, outputTokenCount, invocationLatency, firstByteLatency });
}
