export { ChatTemplateError } from "./chat-template-error.js";
export { MessageOrderError } from "./message-order-error.js";
export type { ChatMessage, PromptFormat, PromptFormatName } from "./prompt-format.js";
export { promptFormats } from "./prompt-formats.js";
export { readPrompt } from "./read-prompt.js";
export { renderChatTemplate, type TemplateTokens } from "./render-chat-template.js";
