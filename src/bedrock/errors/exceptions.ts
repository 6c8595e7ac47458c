import { BedrockException, CORAL_NAMESPACE } from "./bedrock-exception.js";

// Bedrock's messages, verbatim: the recorded and the quoted ones. Each case has a function, so that a message is in one place.

/** The longest body the API takes, in bytes (user guide, quotas; the message below names it too). */
export const MAX_BODY_BYTES = 25_000_000;

/** The model id names nothing that is there. Recorded. */
export function invalidModelId(): BedrockException {
  return new BedrockException("ValidationException", "The provided model identifier is invalid.");
}

/**
 * The body isn't JSON (recorded, of another model), or breaks the model's rules (quoted by users).
 *
 * @param violations - glued without a separator; left out where the body isn't JSON
 */
export function malformedInput(violations?: string): BedrockException {
  const what = violations === undefined ? "" : `: ${violations}`;
  return new BedrockException(
    "ValidationException",
    `Malformed input request${what}, please reformat your input and try again.`,
  );
}

/** The prompt alone fills the context. Quoted by users. @param contextLength - in tokens */
export function promptTooLong(contextLength: number): BedrockException {
  return new BedrockException(
    "ValidationException",
    `This model's maximum context length is ${contextLength} tokens. Please reduce the length of the prompt`,
  );
}

/** The body is longer than {@link MAX_BODY_BYTES}. The tail is quoted by users. */
export function bodyTooLarge(): BedrockException {
  return new BedrockException(
    "ValidationException",
    `1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
  );
}

/** Quoted by users. */
export function unsupportedContentType(): BedrockException {
  return new BedrockException(
    "ValidationException",
    "The provided Content Type is invalid or not supported for this model",
  );
}

/** Quoted by users. */
export function unsupportedAcceptType(): BedrockException {
  return new BedrockException(
    "ValidationException",
    "The provided Accept Type is invalid or not supported for this model",
  );
}

/** Quoted by users. */
export function tooManyRequests(options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ThrottlingException",
    "Too many requests, please wait before trying again.",
    {},
    options,
  );
}

/** Quoted by users. */
export function internalError(options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "InternalServerException",
    "The system encountered an unexpected error during processing. Try your request again.",
    {},
    options,
  );
}

/** The beginning is quoted by users. @param why - a sentence that tells what to do, which Bedrock itself doesn't */
export function serviceUnavailable(why?: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ServiceUnavailableException",
    ["Bedrock is unable to process your request.", ...(why === undefined ? [] : [why])].join(" "),
    {},
    options,
  );
}

/** The model is being loaded. Bedrock's own message isn't known. */
export function modelNotReady(why: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelNotReadyException",
    `The model is not ready yet, try again later. ${why}`,
    {},
    options,
  );
}

/** The model failed before anything was answered. Bedrock's own message isn't known. */
export function modelError(message: string, resourceName: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelErrorException",
    message,
    { originalStatusCode: 500, resourceName },
    options,
  );
}

/**
 * The stream broke after its start. Of all exceptions this is the one that every AWS SDK reports and none answers by sending
 * the request again (measured).
 */
export function modelStreamError(message: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelStreamErrorException",
    message,
    { originalStatusCode: 500, originalMessage: message },
    options,
  );
}

/** The account hasn't asked for access to the model. Quoted by users. */
export function noModelAccess(): BedrockException {
  return new BedrockException(
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
  );
}

/** Amazon has retired the model. Quoted by users. */
export function modelRetired(): BedrockException {
  return new BedrockException(
    "ResourceNotFoundException",
    "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
  );
}

/** The generation took too long. Bedrock's own message isn't known; the API model describes it so. */
export function modelTimeout(options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelTimeoutException",
    "The request took too long to process. Processing time exceeded the model timeout length.",
    {},
    options,
  );
}

/** There are no guardrails here, so none that is named exists. Quoted by users, of one that doesn't exist on Bedrock. */
export function guardrailNotFound(): BedrockException {
  return new BedrockException(
    "ValidationException",
    "The guardrail identifier or version provided in the request does not exist.",
  );
}

/**
 * A body can't be read as the operation's members: where the operation has members, and the model isn't asked. That it's
 * told without a message where the body isn't JSON is inferred from other services of AWS.
 */
export function serializationError(message = ""): BedrockException {
  return new BedrockException("SerializationException", message, {}, { namespace: CORAL_NAMESPACE });
}

/**
 * Members break constraints of the API model. Quoted by users.
 *
 * @param violations - such as `Value '0' at 'x' failed to satisfy constraint: Member must …`; one at least
 */
export function validationErrors(violations: readonly string[]): BedrockException {
  const { length } = violations;
  return new BedrockException(
    "ValidationException",
    `${length} validation error${length === 1 ? "" : "s"} detected: ${violations.join("; ")}`,
  );
}

/** No inference profile has this id or ARN. The type is documented, the message inferred. */
export function inferenceProfileNotFound(): BedrockException {
  return new BedrockException("ResourceNotFoundException", "The specified inference profile was not found.");
}

/** A list is to go on after something that it doesn't have. Inferred. */
export function invalidNextToken(): BedrockException {
  return new BedrockException("ValidationException", "The provided nextToken is invalid.");
}
