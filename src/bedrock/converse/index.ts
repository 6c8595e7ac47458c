export { conversationMessages } from "./conversation-messages.js";
export { type ConverseEvent, encodeEventFrame, eventFrames } from "./event-frame.js";
export { notAChatModel } from "./exceptions.js";
export {
  documentTypeUnread,
  documentUnreadable,
  pdfInvalid,
  pdfLocked,
} from "./media-exceptions.js";
export { checkMedia, imagesOf } from "./media-rules.js";
export { converseSettings } from "./inference-config.js";
export { type Conversation, readConversation, readConverseRequest } from "./request.js";
export {
  checkResponsePaths,
  type ConverseStopReason,
  encodeConverseResponse,
  responseFields,
} from "./response.js";
