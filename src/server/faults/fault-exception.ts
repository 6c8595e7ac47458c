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

/** Bedrock's messages where they are known. */
const exceptions: Partial<Record<ExceptionType, (modelId: string) => BedrockException>> = {
  AccessDeniedException: () => noModelAccess(),
  InternalServerException: () => internalError(),
  ModelErrorException: (modelId) => modelError(ASKED_FOR, modelId),
  ModelNotReadyException: () => modelNotReady(ASKED_FOR),
  ModelStreamErrorException: () => modelStreamError(ASKED_FOR),
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
  const known = exceptions[type]?.(modelId);
  if (known && message === undefined) return known;
  return new BedrockException(type, message ?? ASKED_FOR, known?.fields);
}
