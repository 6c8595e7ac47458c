export { conversePrompt } from "./converse-prompt.js";
export { ChatTemplateError, MessageOrderError, PartNotRenderableError } from "./errors.js";
export { textOf } from "./prompt-format.js";
export { hasMoreMarkers, promptFormats, readPrompt } from "./prompt-formats.js";
export { renderChatTemplate, type TemplateTokens } from "./render-chat-template.js";
export { plainText } from "./template-messages.js";
export { readTemplateToolCalls } from "./template-tool-calls.js";
export { readToolCalls } from "./tool-calls.js";
export { IMAGE_MARKER } from "./turns.js";
