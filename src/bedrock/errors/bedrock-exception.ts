/** The name of one of Bedrock's exceptions. */
export type ExceptionType = keyof typeof exceptionTypes;

/** Fields of some exceptions besides the message (API model). */
export interface ExceptionFields {
  readonly originalStatusCode?: number;
  readonly originalMessage?: string;
  readonly resourceName?: string;
}

/** Differences on the wire for exceptions that aren't Bedrock's own. */
export interface ExceptionOptions extends ErrorOptions {
  /** Follows the type in `x-amzn-ErrorType`. @default BEDROCK_NAMESPACE */
  readonly namespace?: string;
  /** The message's key in the body. Two exceptions about credentials have a capital letter. @default "message" */
  readonly messageKey?: "message" | "Message";
}

/** A refusal or failure, as Bedrock reports it. */
export class BedrockException extends Error {
  override readonly name = "BedrockException";
  /** Follows the type in `x-amzn-ErrorType`. */
  readonly namespace: string;
  /** The message's key in the body. */
  readonly messageKey: "message" | "Message";
  /**
   * @param type - the exception's name
   * @param message - the message for the caller
   * @param fields - the exception's other fields
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

/** The exceptions of Bedrock's API model that Cria returns, with their HTTP status. */
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
 * The exceptions of every AWS service for credentials that it refuses. No API model lists them. The status of the first two is
 * recorded, that of the third quoted by users, that of the last documented (Bedrock's user guide, API error codes).
 */
const credentialExceptionTypes = {
  ExpiredTokenException: 403,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  IncompleteSignatureException: 400,
} as const;

/** The exception of every AWS service for a body that it can't read. No API model lists it (known from other services). */
const serializationExceptionTypes = { SerializationException: 400 } as const;

/** The exception of AWS services for an operation that they don't know. No API model lists it (known from other services). */
const operationExceptionTypes = { UnknownOperationException: 404 } as const;

/** All exceptions that Cria returns, with their HTTP status. */
export const exceptionTypes = {
  ...modelledExceptionTypes,
  ...credentialExceptionTypes,
  ...serializationExceptionTypes,
  ...operationExceptionTypes,
} as const;

/** Follows the type of Bedrock's own exceptions in `x-amzn-ErrorType` (recorded). */
const BEDROCK_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.bedrock/";

/** Follows the type of exceptions about credentials (recorded). */
export const CORAL_NAMESPACE = "http://internal.amazon.com/coral/com.amazon.coral.service/";
