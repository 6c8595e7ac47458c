/** Bedrock's exceptions that Cria can answer with, and their HTTP status (API model). */
export const exceptionTypes = {
  AccessDeniedException: 403,
  InternalServerException: 500,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  ValidationException: 400,
} as const;

/** What follows the type in `x-amzn-ErrorType` (recorded). */
export const BEDROCK_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.bedrock/";
