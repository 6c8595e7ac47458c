import { encodeMetrics, INVOCATION_METRICS_KEY, type InvocationMetrics } from "./invocation-metrics.js";

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
