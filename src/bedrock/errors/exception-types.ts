/** Bedrock's exceptions that Cria can answer with, and their HTTP status (API model). */
export const modelledExceptionTypes = {
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

/**
 * What every service of AWS answers to credentials it doesn't take; no API model lists them. The status of the first two is
 * recorded, of the third quoted by users, of the last documented (Bedrock's user guide, API error codes).
 */
export const credentialExceptionTypes = {
  ExpiredTokenException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  IncompleteSignatureException: 400,
} as const;

/** What every service of AWS answers to a body that it can't read; no API model lists it (known from other services). */
export const serializationExceptionTypes = { SerializationException: 400 } as const;

/** All exceptions that Cria can answer with, and their HTTP status. */
export const exceptionTypes = {
  ...modelledExceptionTypes,
  ...credentialExceptionTypes,
  ...serializationExceptionTypes,
} as const;

/** What follows the type of an exception of Bedrock's own in `x-amzn-ErrorType` (recorded). */
export const BEDROCK_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.bedrock/";

/** What follows it where the credentials are the reason (recorded). */
export const CORAL_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.coral.service/";
