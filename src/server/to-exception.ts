import {
  BedrockException,
  type ExceptionType,
  internalError,
  modelError,
  modelNotReady,
  modelStreamError,
  modelTimeout,
  promptTooLong,
  serviceUnavailable,
  tooManyRequests,
} from "../bedrock/index.js";
import {
  EngineBusyError,
  EngineChatError,
  EngineStoppedError,
  EngineTimeoutError,
  EngineUnavailableError,
  PromptTooLongError,
  ScriptError,
  TextNotTokenizedError,
} from "../engine/index.js";
import { ChatTemplateError } from "../prompt/index.js";
import { RAW_HEADER } from "./cria-headers.js";
import {
  ClientGoneError,
  FaultCutError,
  NoAmazonCredentialsError,
  ReaderStalledError,
  RequestTimeoutError,
  ServerClosingError,
} from "./errors.js";

/** Whether the client caused the failure by disconnecting, stalling or timing out, so that no reply can be sent. */
export function isCausedByClient(error: unknown): boolean {
  return (
    error instanceof ClientGoneError ||
    error instanceof ReaderStalledError ||
    error instanceof RequestTimeoutError
  );
}

/** Whether the error rules out a reply: the client has gone, or an injected fault cuts the connection. */
export function isUnanswerable(error: unknown): boolean {
  return isCausedByClient(error) || error instanceof FaultCutError;
}

/** The exception for a failure before the response started. @param modelId - as the caller wrote it */
export function toException(error: unknown, modelId = ""): BedrockException {
  if (error instanceof BedrockException) return error;
  const options = { cause: error };
  if (error instanceof ChatTemplateError) return templateRefused(error);
  if (error instanceof PromptTooLongError) return promptTooLong(error.contextLimit);
  if (error instanceof TextNotTokenizedError || error instanceof EngineChatError) {
    return new BedrockException("ValidationException", error.message, {}, options);
  }
  if (error instanceof EngineBusyError) return tooManyRequests(options);
  if (error instanceof EngineUnavailableError) {
    return error.loading ? modelNotReady(error.message, options) : serviceUnavailable(error.message, options);
  }
  if (error instanceof NoAmazonCredentialsError) return serviceUnavailable(error.message);
  if (error instanceof EngineTimeoutError) return modelTimeout(options);
  if (error instanceof EngineStoppedError || error instanceof ScriptError)
    return modelError(error.message, modelId, options);
  if (error instanceof ServerClosingError) return serviceUnavailable(error.message, options);
  return internalError(options);
}

/** A stand-in's own chat template may be broken, or refuse the conversation; Bedrock has no such case. */
function templateRefused(error: ChatTemplateError): BedrockException {
  return new BedrockException(
    "ValidationException",
    `The stand-in that answers here can't take this conversation: ${error.message} The header ${RAW_HEADER}: true gives it the prompt as it is.`,
    {},
    { cause: error },
  );
}

/**
 * The exception that ends a stream which fails after its start.
 *
 * @param modelled - the exceptions that the operation's stream may carry (API model)
 */
export function toStreamException(error: unknown, modelled: ReadonlySet<ExceptionType>): BedrockException {
  if (error instanceof BedrockException) {
    return modelled.has(error.type) ? error : modelStreamError(error.message, { cause: error });
  }
  if (error instanceof EngineTimeoutError && modelled.has("ModelTimeoutException")) {
    return modelTimeout({ cause: error });
  }
  const known =
    error instanceof EngineStoppedError ||
    error instanceof EngineTimeoutError ||
    error instanceof ServerClosingError;
  const { message } = known ? error : internalError();
  return modelStreamError(message, { cause: error });
}
