import { encodeMessage } from "../../event-stream/index.js";
import { JSON_TYPE } from "../media-types.js";
import type { BedrockException } from "./bedrock-exception.js";

const utf8 = new TextEncoder();

/**
 * The frame that ends a stream which fails after its start. Nobody has recorded one from Bedrock: names are the API model's
 * (the exception's in camelCase), the order of headers is the event-stream specification's.
 */
export function encodeExceptionFrame({ type, message, fields }: BedrockException): Uint8Array {
  return encodeMessage({
    headers: new Map([
      [":exception-type", { type: "string", value: type.charAt(0).toLowerCase() + type.slice(1) }],
      [":content-type", { type: "string", value: JSON_TYPE }],
      [":message-type", { type: "string", value: "exception" }],
    ]),
    body: utf8.encode(JSON.stringify({ message, ...fields })),
  });
}
