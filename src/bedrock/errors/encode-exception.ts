import { encodeMessage } from "../../event-stream/index.js";
import { JSON_TYPE } from "../media-types.js";
import { type BedrockException, exceptionTypes } from "./bedrock-exception.js";

/** The response for an exception before a stream starts. */
export interface ErrorResponse {
  readonly status: number;
  /** The value of `x-amzn-ErrorType`. */
  readonly errorType: string;
  /** JSON. */
  readonly body: string;
}

/** Encodes an exception as plain JSON, as the streaming operations do too (recorded). */
export function encodeErrorResponse(exception: BedrockException): ErrorResponse {
  const { type, namespace, message, messageKey, fields } = exception;
  return {
    status: exceptionTypes[type],
    errorType: `${type}:${namespace}`,
    body: JSON.stringify({ [messageKey]: message, ...fields }),
  };
}

/** The body for a route that Bedrock doesn't have either, with status 404: no JSON (quoted by users). */
export const UNKNOWN_OPERATION_BODY = "<UnknownOperationException/>";

const utf8 = new TextEncoder();

/**
 * Encodes the frame that ends a stream which fails after its start. Nobody has recorded one from Bedrock. The names come from the
 * API model (the exception's in camelCase), the order of headers from the event-stream specification.
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
