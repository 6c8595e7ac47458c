/** Why a generation ended: at the end-of-sequence token, or at the last token allowed. */
export type NativeStopReason = "stop" | "length";

/** The response of InvokeModel, and, one a token, the chunks of a stream. */
export interface NativeLlamaResponse {
  /** The text, never that of a special token. Raw UTF-8. */
  readonly generation: string;
  /** In a stream: a number in the first chunk only. */
  readonly promptTokenCount: number | null;
  /** Tokens generated so far, the end-of-sequence token among them. */
  readonly generationTokenCount: number;
  /** In a stream: null until the last chunk. */
  readonly stopReason: NativeStopReason | null;
  /** In the last chunk of a stream only. */
  readonly metrics?: InvocationMetrics;
}

/** As Bedrock writes it: compact JSON, keys in its order (recorded). */
export function encodeNativeResponse(response: NativeLlamaResponse): string {
  const { generation, promptTokenCount, generationTokenCount, stopReason, metrics } = response;
  const reason = stopReason === null ? "null" : `"${stopReason}"`;
  const counts = `"prompt_token_count":${promptTokenCount ?? "null"},"generation_token_count":${generationTokenCount}`;
  const tail = metrics ? `,"${INVOCATION_METRICS_KEY}":${encodeMetrics(metrics)}` : "";
  return `{"generation":${JSON.stringify(generation)},${counts},"stop_reason":${reason}${tail}}`;
}

/** What Bedrock measured of a stream; the last chunk carries it. */
export interface InvocationMetrics {
  /** Tokens of the prompt. */
  readonly inputTokenCount: number;
  /** Tokens generated, the end-of-sequence token among them. */
  readonly outputTokenCount: number;
  /** From the request to its last token, in ms. */
  readonly invocationLatency: number;
  /** From the request to its first token, in ms. */
  readonly firstByteLatency: number;
}

/** The key it has in the last chunk. */
export const INVOCATION_METRICS_KEY = "amazon-bedrock-invocationMetrics";

/** In Bedrock's order of keys, latencies in whole ms. */
export function encodeMetrics(metrics: InvocationMetrics): string {
  const { inputTokenCount, outputTokenCount } = metrics;
  const invocationLatency = Math.round(metrics.invocationLatency);
  const firstByteLatency = Math.round(metrics.firstByteLatency);
  return JSON.stringify({ inputTokenCount, outputTokenCount, invocationLatency, firstByteLatency });
}
