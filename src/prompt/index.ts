export { ChatTemplateError, MessageOrderError, PartNotRenderableError } from "./errors.js";
export { type PromptFormat, RENDERED_PARTS, textOf } from "./prompt-format.js";
export { promptFormats, readPrompt } from "./prompt-formats.js";
export { renderChatTemplate, type TemplateTokens } from "./render-chat-template.js";
