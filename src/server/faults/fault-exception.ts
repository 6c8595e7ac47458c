import {
  BedrockException,
  internalError,
  modelError,
  modelNotReady,
  modelRetired,
  modelStreamError,
  modelTimeout,
  noModelAccess,
  serviceUnavailable,
  tooManyRequests,
  type ExceptionType,
} from "../../bedrock/index.js";

/** The message where Bedrock's own isn't known. It names the option, so that it can't be mistaken for Bedrock's. */
const FAULT_MESSAGE = "This fault was asked for (--fault).";

/** Exceptions with Bedrock's own message where it is known, and with their fields. */
const exceptions: Partial<Record<ExceptionType, (message: string, modelId: string) => BedrockException>> = {
  AccessDeniedException: () => noModelAccess(),
  InternalServerException: () => internalError(),
  ModelErrorException: (message, modelId) => modelError(message, modelId),
  ModelNotReadyException: (message) => modelNotReady(message),
  ModelStreamErrorException: (message) => modelStreamError(message),
  ModelTimeoutException: () => modelTimeout(),
  ResourceNotFoundException: () => modelRetired(),
  ServiceUnavailableException: () => serviceUnavailable(),
  ThrottlingException: () => tooManyRequests(),
};

/**
 * The exception of a fault.
 *
 * @param message - replaces Bedrock's own
 * @param modelId - as the caller wrote it
 */
export function faultException(
  type: ExceptionType,
  message: string | undefined,
  modelId: string,
): BedrockException {
  const known = exceptions[type]?.(message ?? FAULT_MESSAGE, modelId);
  if (known && message === undefined) return known;
  return new BedrockException(type, message ?? FAULT_MESSAGE, known?.fields);
}
