export {
  foundationModel,
  type FoundationModel,
  foundationModels,
  INFERENCE_TYPES,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "./control-plane/foundation-models.js";
export {
  INFERENCE_PROFILE_TYPES,
  inferenceProfile,
  type InferenceProfile,
  inferenceProfilesOf,
} from "./control-plane/inference-profiles.js";
export { conversationText, type TextMessage } from "./converse/conversation-text.js";
export { type ConverseEvent, encodeEventFrame } from "./converse/event-frame.js";
export { notAChatModel } from "./converse/exceptions.js";
export { converseSettings } from "./converse/inference-config.js";
export { type Conversation, type ConverseRequest, readConverseRequest } from "./converse/request.js";
export {
  checkResponsePaths,
  type ConverseStopReason,
  encodeConverseResponse,
  responseFields,
} from "./converse/response.js";
export { encodeCountTokensResponse, readCountTokensRequest } from "./count-tokens.js";
export {
  BedrockException,
  credentialExceptionTypes,
  type ExceptionFields,
  type ExceptionOptions,
  type ExceptionType,
  exceptionTypes,
  modelledExceptionTypes,
} from "./errors/bedrock-exception.js";
export {
  authorizationMissing,
  expiredToken,
  incompleteSignature,
  invalidApiKey,
  invalidSignature,
  signatureMismatch,
  unrecognizedClient,
} from "./errors/credential-exceptions.js";
export {
  encodeErrorResponse,
  encodeExceptionFrame,
  type ErrorResponse,
  UNKNOWN_OPERATION_BODY,
} from "./errors/encode-exception.js";
export {
  bodyTooLarge,
  guardrailNotFound,
  inferenceProfileNotFound,
  internalError,
  invalidModelId,
  invalidNextToken,
  malformedInput,
  MAX_BODY_BYTES,
  modelError,
  modelNotReady,
  modelRetired,
  modelStreamError,
  modelTimeout,
  noModelAccess,
  promptTooLong,
  serviceUnavailable,
  tooManyRequests,
  unsupportedAcceptType,
  unsupportedContentType,
} from "./errors/exceptions.js";
export { EVENT_STREAM_TYPE, isAcceptSupported, isContentTypeSupported, JSON_TYPE } from "./media-types.js";
export { type LlamaFamily, type LlamaModel, llamaModels } from "./model-ids/llama-models.js";
export { MAX_MODEL_ID_LENGTH, type ParsedModelId, parseModelId } from "./model-ids/model-id.js";
export { encodeChunkFrame } from "./native/chunk-frame.js";
export { DEFAULT_MAX_GEN_LEN, type NativeLlamaRequest, parseNativeRequest } from "./native/request.js";
export {
  encodeNativeResponse,
  INVOCATION_METRICS_KEY,
  type InvocationMetrics,
  type NativeLlamaResponse,
  type NativeStopReason,
} from "./native/response.js";
export type { RandomSource } from "./padding.js";
export { CoralReader } from "./request-reader.js";
