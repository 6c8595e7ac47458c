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
export { type Conversation, type ConverseRequest, readConverseRequest } from "./converse/request.js";
export { checkResponsePaths, responseFields } from "./converse/response-fields.js";
export { type ConverseStopReason, encodeConverseResponse } from "./converse/response.js";
export { converseSettings } from "./converse/settings.js";
export { CoralReader } from "./coral-reader.js";
export { encodeCountTokensResponse, readCountTokensRequest } from "./count-tokens.js";
export {
  BedrockException,
  type ExceptionFields,
  type ExceptionOptions,
  type ExceptionType,
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
export { encodeErrorResponse, type ErrorResponse, UNKNOWN_OPERATION_BODY } from "./errors/error-response.js";
export { encodeExceptionFrame } from "./errors/exception-frame.js";
export {
  credentialExceptionTypes,
  exceptionTypes,
  modelledExceptionTypes,
} from "./errors/exception-types.js";
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
export { MAX_MODEL_ID_LENGTH, type ParsedModelId, parseModelId } from "./model-ids/model-id.js";
export { type LlamaFamily, type LlamaModel, llamaModels } from "./model-ids/models.js";
export { encodeChunkFrame } from "./native/chunk-frame.js";
export { INVOCATION_METRICS_KEY, type InvocationMetrics } from "./native/invocation-metrics.js";
export { DEFAULT_MAX_GEN_LEN, type NativeLlamaRequest, parseNativeRequest } from "./native/native-request.js";
export {
  encodeNativeResponse,
  type NativeLlamaResponse,
  type NativeStopReason,
} from "./native/native-response.js";
export type { RandomSource } from "./padding.js";
