export { conversationChat } from "./converse-input.js";
export { converseStream } from "./converse-stream.js";
export { converse } from "./converse.js";
