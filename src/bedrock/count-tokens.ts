import { decodeBase64 } from "./base64.js";
import { type Conversation, readConversation, unionMisused } from "./converse/index.js";
import type { PartCapabilities } from "./message.js";
import type { JsonObject } from "./parse-json.js";
import type { RequestReader } from "./request-reader.js";

/** The input of CountTokens: the body of an InvokeModel request, or the conversation of a Converse request. */
export type CountTokensInput =
  | { readonly type: "invokeModel"; readonly body: Uint8Array }
  | { readonly type: "converse"; readonly conversation: Conversation };

/**
 * Reads the members of a request's body (API model). Violations are collected by the reader.
 *
 * @param capabilities - the parts of messages that the model takes
 * @throws {BedrockException} `ValidationException`: none or both of the two inputs are given.
 */
export function readCountTokensRequest(
  reader: RequestReader,
  body: JsonObject,
  capabilities: PartCapabilities,
): CountTokensInput | undefined {
  const input = reader.object(body, "input");
  if (input === undefined) {
    reader.violate("input", null, "not be null");
    return undefined;
  }
  const converse = reader.object(input, "converse");
  const invokeModel = reader.object(input, "invokeModel");
  if ((converse === undefined) === (invokeModel === undefined)) {
    const set = converse === undefined ? "none" : "several";
    throw unionMisused({ shape: "CountTokensInput", members: ["invokeModel", "converse"], set }, "input");
  }
  if (converse !== undefined) {
    const conversation = readConversation(reader, converse, capabilities, "input.converse.");
    return { type: "converse", conversation };
  }
  const text = reader.string(invokeModel ?? {}, "body");
  if (text === undefined) reader.violate("input.invokeModel.body", null, "not be null");
  return { type: "invokeModel", body: decodeBase64(text ?? "") };
}

/** The response body of CountTokens. */
export function encodeCountTokensResponse(inputTokens: number): string {
  return JSON.stringify({ inputTokens });
}
