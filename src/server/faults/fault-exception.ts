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

/** Said where Bedrock's own message isn't known, so that nobody takes it for one. */
const ASKED_FOR = "This fault was asked for (--fault).";

/** Bedrock's messages where they are known, and the fields beside them. */
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
 * @param message - instead of Bedrock's own
 * @param modelId - as the caller wrote it
 */
export function faultException(
  type: ExceptionType,
  message: string | undefined,
  modelId: string,
): BedrockException {
  const known = exceptions[type]?.(message ?? ASKED_FOR, modelId);
  if (known && message === undefined) return known;
  return new BedrockException(type, message ?? ASKED_FOR, known?.fields);
}
