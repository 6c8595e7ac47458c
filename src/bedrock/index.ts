export { BedrockException } from "./bedrock-exception.js";
export type { ExceptionFields, ExceptionOptions, ExceptionType } from "./bedrock-exception.js";
export { encodeChunkFrame } from "./chunk-frame.js";
export {
  authorizationMissing,
  expiredToken,
  incompleteSignature,
  invalidApiKey,
  invalidSignature,
  signatureMismatch,
  unrecognizedClient,
} from "./credential-exceptions.js";
export { conversationText } from "./converse/conversation-text.js";
export type { TextMessage } from "./converse/conversation-text.js";
export { encodeEventFrame } from "./converse/event-frame.js";
export type { ConverseEvent } from "./converse/event-frame.js";
export { notAChatModel } from "./converse/exceptions.js";
export { readConverseRequest } from "./converse/request.js";
export type { ConverseRequest, Conversation } from "./converse/request.js";
export { checkResponsePaths, responseFields } from "./converse/response-fields.js";
export { encodeConverseResponse } from "./converse/response.js";
export type { ConverseStopReason } from "./converse/response.js";
export { converseSettings } from "./converse/settings.js";
export { CoralReader } from "./coral-reader.js";
export { encodeCountTokensResponse, readCountTokensRequest } from "./count-tokens.js";
export { encodeErrorResponse, UNKNOWN_OPERATION_BODY } from "./error-response.js";
export type { ErrorResponse } from "./error-response.js";
export { encodeExceptionFrame } from "./exception-frame.js";
export { credentialExceptionTypes, exceptionTypes, modelledExceptionTypes } from "./exception-types.js";
export {
  bodyTooLarge,
  guardrailNotFound,
  inferenceProfileNotFound,
  internalError,
  invalidNextToken,
  invalidModelId,
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
} from "./exceptions.js";
export {
  foundationModel,
  foundationModels,
  INFERENCE_TYPES,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "./foundation-models.js";
export type { FoundationModel } from "./foundation-models.js";
export { INFERENCE_PROFILE_TYPES, inferenceProfile, inferenceProfilesOf } from "./inference-profiles.js";
export type { InferenceProfile } from "./inference-profiles.js";
export { INVOCATION_METRICS_KEY } from "./invocation-metrics.js";
export type { InvocationMetrics } from "./invocation-metrics.js";
export { EVENT_STREAM_TYPE, isAcceptSupported, isContentTypeSupported, JSON_TYPE } from "./media-types.js";
export { MAX_MODEL_ID_LENGTH, parseModelId } from "./model-id.js";
export type { ParsedModelId } from "./model-id.js";
export { llamaModels } from "./models.js";
export type { LlamaFamily, LlamaModel } from "./models.js";
export { DEFAULT_MAX_GEN_LEN, parseNativeRequest } from "./native-request.js";
export type { NativeLlamaRequest } from "./native-request.js";
export { encodeNativeResponse } from "./native-response.js";
export type { NativeLlamaResponse, NativeStopReason } from "./native-response.js";
export type { RandomSource } from "./padding.js";
