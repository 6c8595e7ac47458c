export { conversationMessages } from "./conversation-messages.js";
export { type ConverseEvent, encodeEventFrame, eventFrames } from "./event-frame.js";
export { notAChatModel, unionMisused } from "./exceptions.js";
export { converseSettings } from "./inference-config.js";
export { type Conversation, readConversation, readConverseRequest } from "./request.js";
export { checkRequestSettings, type EchoedMembers } from "./request-settings.js";
export {
  checkResponsePaths,
  type ConverseStopReason,
  encodeConverseResponse,
  responseFields,
} from "./response.js";
