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
