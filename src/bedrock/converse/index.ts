export { conversationMessages, conversationTools } from "./conversation-messages.js";
export { type ConverseEvent, encodeEventFrame, eventFrames } from "./event-frame.js";
export { contentBlockUnsupported, contextOverrun, notAChatModel, unionMisused } from "./exceptions.js";
export {
  checkMedia,
  documentTypeUnread,
  documentUnreadable,
  imagesOf,
  modelRefusesImages,
  pdfInvalid,
  pdfLocked,
} from "./media/index.js";
export { converseSettings, NO_INFERENCE_CONFIG } from "./inference-config.js";
export { type Conversation, type ConverseRequest, readConversation, readConverseRequest } from "./request.js";
export { checkRequestSettings, type EchoedMembers } from "./request-settings.js";
export {
  checkResponsePaths,
  type ConverseContent,
  type ConverseStopReason,
  encodeConverseResponse,
  responseFields,
} from "./response.js";
export { newToolUseId } from "./tool-use-id.js";
