/** The name of one of Bedrock's exceptions. */
export type ExceptionType = keyof typeof exceptionTypes;

/** What some exceptions carry beside their message (API model). */
export interface ExceptionFields {
  readonly originalStatusCode?: number;
  readonly originalMessage?: string;
  readonly resourceName?: string;
}

/** How an exception is told where it isn't one of Bedrock's own. */
export interface ExceptionOptions extends ErrorOptions {
  /** What follows the type in `x-amzn-ErrorType`. @default BEDROCK_NAMESPACE */
  readonly namespace?: string;
  /** The message's key in the body: two refusals of credentials have a capital letter. @default "message" */
  readonly messageKey?: "message" | "Message";
}

/** A refusal or failure in Bedrock's own terms. */
export class BedrockException extends Error {
  override readonly name = "BedrockException";
  /** What follows the type in `x-amzn-ErrorType`. */
  readonly namespace: string;
  /** The message's key in the body. */
  readonly messageKey: "message" | "Message";
  /**
   * @param type - which of Bedrock's exceptions
   * @param message - what the caller is told
   * @param fields - what the exception carries beside its message
   */
  constructor(
    readonly type: ExceptionType,
    message: string,
    readonly fields: ExceptionFields = {},
    options: ExceptionOptions = {},
  ) {
    super(message, options);
    this.namespace = options.namespace ?? BEDROCK_NAMESPACE;
    this.messageKey = options.messageKey ?? "message";
  }
}

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
