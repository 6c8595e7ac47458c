import type { exceptionTypes } from "./exception-types.js";

/** The name of one of Bedrock's exceptions. */
export type ExceptionType = keyof typeof exceptionTypes;

/** What some exceptions carry beside their message (API model). */
export interface ExceptionFields {
  readonly originalStatusCode?: number;
  readonly originalMessage?: string;
  readonly resourceName?: string;
}

/** A refusal or failure in Bedrock's own terms. */
export class BedrockException extends Error {
  override readonly name = "BedrockException";
  /**
   * @param type - which of Bedrock's exceptions
   * @param message - what the caller is told
   * @param fields - what the exception carries beside its message
   */
  constructor(
    readonly type: ExceptionType,
    message: string,
    readonly fields: ExceptionFields = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
