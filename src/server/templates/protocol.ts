import type { Chat } from "../../bedrock/index.js";
import type { TemplateTokens } from "../../prompt/index.js";

/* What the renderer's process and the server share. */

/** The process's JavaScript heap, in MiB. With the longest body, the whole process takes 200 MB (measured). */
export const HEAP_MIB = 512;

/** The longest prompt that a template may write, in UTF-16 units: twice the longest body, to leave room for its markers. */
export const MAX_PROMPT_LENGTH = 50_000_000;

/** What the process is asked: to render a conversation in a chat template. */
export interface RenderJob {
  readonly template: string;
  readonly chat: Chat;
  readonly tokens: TemplateTokens;
}

/** Its answer: the prompt, or why there is none. */
export type Rendered = { readonly prompt: string } | { readonly refused: string };
