import { invalidResponsePath } from "./exceptions.js";
import type { EchoedMembers } from "./request-settings.js";

/** Why the model stopped, in the words of Converse. */
export type ConverseStopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use";

/** A block of the model's turn. */
export type ConverseContent =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "toolUse";
      readonly id: string;
      /** The tool's name. */
      readonly name: string;
      /** The arguments as JSON, sent as they are: a number or a key is never written in another way. */
      readonly inputJson: string;
    };

/** Token counts of a turn. The wire adds `totalTokens`, their sum. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The response of Converse. */
export interface ConverseResponse {
  readonly content: readonly ConverseContent[];
  readonly stopReason: ConverseStopReason;
  readonly usage: Usage;
  /** From the start of the request to its end, in ms. */
  readonly latencyMs: number;
  /** The fields that `additionalModelResponseFieldPaths` names; undefined if none was named or found. */
  readonly additionalFields?: object | undefined;
  readonly echoed?: EchoedMembers;
}

/** Compact JSON with sorted keys, as Bedrock writes it (recorded). */
export function encodeConverseResponse(response: ConverseResponse): string {
  const { content, stopReason, usage, latencyMs, additionalFields, echoed } = response;
  const members = [
    ...(additionalFields ? [`"additionalModelResponseFields":${JSON.stringify(additionalFields)}`] : []),
    `"metrics":{"latencyMs":${Math.round(latencyMs)}}`,
    `"output":{"message":{"content":[${content.map(encodeContent).join(",")}],"role":"assistant"}}`,
    ...encodeEchoed(echoed),
    `"stopReason":"${stopReason}"`,
    `"usage":${encodeUsage(usage)}`,
  ];
  return `{${members.join(",")}}`;
}

/** The echoed members, as members of the response or of a stream's last event. */
export function encodeEchoed(echoed: EchoedMembers = {}): string[] {
  return Object.entries(echoed).map(([key, value]) => `"${key}":${JSON.stringify(value)}`);
}

function encodeContent(content: ConverseContent): string {
  if (content.type === "text") return JSON.stringify({ text: content.text });
  const { id, name, inputJson } = content;
  return `{"toolUse":{"input":${inputJson},"name":${JSON.stringify(name)},"toolUseId":${JSON.stringify(id)}}}`;
}

/** The usage in Bedrock's order of keys, with the sum, and with the key for Amazon's own tools, which is always empty (recorded). */
export function encodeUsage({ inputTokens, outputTokens }: Usage): string {
  const totalTokens = inputTokens + outputTokens;
  return JSON.stringify({ inputTokens, outputTokens, serverToolUsage: {}, totalTokens });
}

/** A JSON pointer (RFC 6901), not empty. */
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
 * The fields of the model's native response that the paths name. A path that names nothing is ignored (API model). A Llama
 * response has no nested values, so a path of more than one step names nothing.
 *
 * @returns undefined if no field was found
 */
export function responseFields(
  paths: readonly string[],
  native: Readonly<Record<string, unknown>>,
): object | undefined {
  const keys = paths.map((path) => path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~"));
  const found = keys.filter((key) => Object.hasOwn(native, key));
  return found.length === 0 ? undefined : Object.fromEntries(found.map((key) => [key, native[key]]));
}
