import type { BedrockException } from "./bedrock-exception.js";
import { exceptionTypes } from "./exception-types.js";

/** How Bedrock tells of a failure before the stream starts. */
export interface ErrorResponse {
  readonly status: number;
  /** The value of `x-amzn-ErrorType`. */
  readonly errorType: string;
  /** JSON. */
  readonly body: string;
}

/** Plain JSON, on the streaming operations too (recorded). */
export function encodeErrorResponse(exception: BedrockException): ErrorResponse {
  const { type, namespace, message, messageKey, fields } = exception;
  return {
    status: exceptionTypes[type],
    errorType: `${type}:${namespace}`,
    body: JSON.stringify({ [messageKey]: message, ...fields }),
  };
}

/** What an unknown route is answered with: status 404, and no JSON (quoted by users). */
export const UNKNOWN_OPERATION_BODY = "<UnknownOperationException/>";
