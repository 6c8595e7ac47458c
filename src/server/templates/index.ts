export { ChatTemplates, type RenderOptions } from "./chat-templates.js";
