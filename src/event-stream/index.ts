export { decodeMessages } from "./decode-messages.js";
export { encodeMessage } from "./encode-message.js";
export { InvalidHeaderError } from "./invalid-header-error.js";
export {
  MAX_BODY_BYTES,
  MAX_HEADER_NAME_BYTES,
  MAX_HEADER_VALUE_BYTES,
  MAX_HEADERS_BYTES,
} from "./limits.js";
export { type CorruptPart, MessageCorruptError } from "./message-corrupt-error.js";
export { MessageDecoder } from "./message-decoder.js";
export { MessageTooLargeError } from "./message-too-large-error.js";
export { MessageTruncatedError } from "./message-truncated-error.js";
export type { HeaderValue, Message, MessageHeaders } from "./message.js";
export { textMessageEncoder } from "./text-message-encoder.js";
