/** Why a turn ended, as Converse names it. */
export type ConverseStopReason = "end_turn" | "max_tokens" | "stop_sequence";

/** Tokens of a turn; `totalTokens` is their sum. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The answer of Converse. */
export interface ConverseResponse {
  readonly text: string;
  readonly stopReason: ConverseStopReason;
  readonly usage: Usage;
  /** From the request to its end, in ms. */
  readonly latencyMs: number;
  /** What was asked for by `additionalModelResponseFieldPaths`; undefined where nothing was, or was found. */
  readonly additionalFields?: object | undefined;
}

/** As Bedrock writes it: compact JSON, keys sorted (recorded). */
export function encodeConverseResponse(response: ConverseResponse): string {
  const { text, stopReason, usage, latencyMs, additionalFields } = response;
  return JSON.stringify({
    ...(additionalFields && { additionalModelResponseFields: additionalFields }),
    metrics: { latencyMs: Math.round(latencyMs) },
    output: { message: { content: [{ text }], role: "assistant" } },
    stopReason,
    usage: sortedUsage(usage),
  });
}

/** In Bedrock's order of keys, with the sum. */
export function sortedUsage({ inputTokens, outputTokens }: Usage) {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
