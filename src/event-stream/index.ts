export { encodeMessage } from "./encode-message.js";
export {
  type CorruptPart,
  InvalidHeaderError,
  MessageCorruptError,
  MessageTooLargeError,
  MessageTruncatedError,
} from "./errors.js";
export {
  MAX_BODY_BYTES,
  MAX_HEADER_NAME_BYTES,
  MAX_HEADER_VALUE_BYTES,
  MAX_HEADERS_BYTES,
} from "./limits.js";
export { decodeMessages, MessageDecoder } from "./message-decoder.js";
export type { HeaderValue, Message, MessageHeaders } from "./message.js";
export { openTextMessage, type OpenTextMessage } from "./open-text-message.js";
export { textMessageEncoder } from "./text-message-encoder.js";
