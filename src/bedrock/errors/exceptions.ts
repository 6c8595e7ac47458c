import { BedrockException, CORAL_NAMESPACE } from "./bedrock-exception.js";

// Bedrock's messages. "Recorded" and "quoted" ones are verbatim.

/** The longest body that the API accepts, in bytes (user guide, quotas; {@link bodyTooLarge} names it too). */
export const MAX_BODY_BYTES = 25_000_000;

/** The model id is unknown. Recorded. */
export function invalidModelId(): BedrockException {
  return new BedrockException("ValidationException", "The provided model identifier is invalid.");
}

/**
 * The model can be called only through an inference profile. Recorded, with the typographic apostrophe; that an ARN gives the same
 * message, with the id in it, is inferred.
 *
 * @param modelId - the id of the model that was named
 */
export function onDemandUnsupported(modelId: string): BedrockException {
  return new BedrockException(
    "ValidationException",
    `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
  );
}

/**
 * The body isn't JSON (recorded, for another model), or violates the model's schema (quoted by users).
 *
 * @param violations - joined without a separator; undefined if the body isn't JSON
 */
export function malformedInput(violations?: string): BedrockException {
  const what = violations === undefined ? "" : `: ${violations}`;
  return new BedrockException(
    "ValidationException",
    `Malformed input request${what}, please reformat your input and try again.`,
  );
}

/** The model takes images on Bedrock, but not here. Bedrock has no such case. */
export function imagesUnsupported(): BedrockException {
  return new BedrockException("ValidationException", "Cria's models read no images: leave `images` out.");
}

/**
 * The model doesn't take the images of a prompt. The words are quoted of two images for Llama 3.2 90B on Converse, where they follow `The
 * model returned the following errors: `. That they stand alone elsewhere, and are said of other images, is inferred.
 */
export function imagesRefused(): BedrockException {
  return new BedrockException("ValidationException", "Validation Error");
}

/** The prompt leaves no room in the context. Quoted by users. @param contextLength - in tokens */
export function promptTooLong(contextLength: number): BedrockException {
  return new BedrockException(
    "ValidationException",
    `This model's maximum context length is ${contextLength} tokens. Please reduce the length of the prompt`,
  );
}

/** The body is longer than {@link MAX_BODY_BYTES}. The end of the message is quoted by users. */
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

/** The beginning is quoted by users. @param why - a sentence with advice, which Bedrock itself doesn't give */
export function serviceUnavailable(why?: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ServiceUnavailableException",
    ["Bedrock is unable to process your request.", ...(why === undefined ? [] : [why])].join(" "),
    {},
    options,
  );
}

/** The model is being loaded. Bedrock's message is unknown. */
export function modelNotReady(why: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelNotReadyException",
    `The model is not ready yet, try again later. ${why}`,
    {},
    options,
  );
}

/** The model failed before the response started. Bedrock's message is unknown. */
export function modelError(message: string, resourceName: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelErrorException",
    message,
    { originalStatusCode: 500, resourceName },
    options,
  );
}

/**
 * The stream broke after its start. This is the exception that every AWS SDK reports and none retries (measured).
 */
export function modelStreamError(message: string, options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelStreamErrorException",
    message,
    { originalStatusCode: 500, originalMessage: message },
    options,
  );
}

/** The account has no access to the model. Quoted by users. */
export function noModelAccess(): BedrockException {
  return new BedrockException(
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
  );
}

/** The model has reached its end of life. Quoted by users. */
export function modelRetired(): BedrockException {
  return new BedrockException(
    "ResourceNotFoundException",
    "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
  );
}

/** The generation took too long. Bedrock's message is unknown; this is the API model's description. */
export function modelTimeout(options?: ErrorOptions): BedrockException {
  return new BedrockException(
    "ModelTimeoutException",
    "The request took too long to process. Processing time exceeded the model timeout length.",
    {},
    options,
  );
}

/** The guardrail doesn't exist: Cria has none. Quoted by users. */
export function guardrailNotFound(): BedrockException {
  return new BedrockException(
    "ValidationException",
    "The guardrail identifier or version provided in the request does not exist.",
  );
}

/**
 * The body can't be read as the operation's members. That the message is empty if the body isn't JSON is inferred from other
 * services of AWS.
 */
export function serializationError(message = ""): BedrockException {
  return new BedrockException("SerializationException", message, {}, { namespace: CORAL_NAMESPACE });
}

/**
 * Members violate constraints of the API model. Quoted by users.
 *
 * @param violations - at least one, such as `Value '0' at 'x' failed to satisfy constraint: Member must …`
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

/**
 * The operation is one of Bedrock's that Cria lacks. Bedrock has no such case; the type is that of AWS for an operation that a service
 * doesn't know, and the form one that every SDK reads (measured).
 *
 * @param name - as AWS spells it
 */
export function operationMissing(name: string): BedrockException {
  return new BedrockException(
    "UnknownOperationException",
    `Cria doesn't have Bedrock's operation ${name}. Leave the call out, or make it with a client whose endpoint is Amazon's.`,
    {},
    { namespace: CORAL_NAMESPACE },
  );
}

/** `nextToken` doesn't belong to the list. Inferred. */
export function invalidNextToken(): BedrockException {
  return new BedrockException("ValidationException", "The provided nextToken is invalid.");
}
