export { decodeMessages } from "./decode-messages.js";
export { encodeMessage } from "./encode-message.js";
export { InvalidHeaderError } from "./errors/invalid-header-error.js";
export { MessageCorruptError, type CorruptPart } from "./errors/message-corrupt-error.js";
export { MessageTooLargeError } from "./errors/message-too-large-error.js";
export { MessageTruncatedError } from "./errors/message-truncated-error.js";
export {
  MAX_BODY_BYTES,
  MAX_HEADER_NAME_BYTES,
  MAX_HEADER_VALUE_BYTES,
  MAX_HEADERS_BYTES,
} from "./limits.js";
export type { HeaderValue, Message, MessageHeaders } from "./message.js";
export { MessageDecoder } from "./message-decoder.js";
export { textMessageEncoder } from "./text-message-encoder.js";
