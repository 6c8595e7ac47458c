import { invalidResponsePath } from "./exceptions.js";

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

/** A JSON pointer (RFC 6901) that isn't empty. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/u;

/**
 * Refuses `additionalModelResponseFieldPaths` that aren't JSON pointers.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkResponsePaths(paths: readonly string[]): void {
  const wrong = paths.find((path) => !POINTER.test(path));
  if (wrong !== undefined) throw invalidResponsePath(wrong);
}

/**
 * What the paths name in the model's native response; a path that names nothing is passed over (API model). A Llama
 * response has no nested values, so a path of more than one step names nothing.
 *
 * @returns undefined where nothing was named
 */
export function responseFields(
  paths: readonly string[],
  native: Readonly<Record<string, unknown>>,
): object | undefined {
  const keys = paths.map((path) => path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = keys.filter((key) => Object.hasOwn(native, key));
  return found.length === 0 ? undefined : Object.fromEntries(found.map((key) => [key, native[key]]));
}
