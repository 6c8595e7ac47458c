import { BEDROCK_NAMESPACE, type exceptionTypes } from "./exception-types.js";

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
