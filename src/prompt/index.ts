export { ChatTemplateError, MessageOrderError } from "./errors.js";
export type { ChatMessage, PromptFormat, PromptFormatName } from "./prompt-format.js";
export { promptFormats, readPrompt } from "./prompt-formats.js";
export { renderChatTemplate, type TemplateTokens } from "./render-chat-template.js";
