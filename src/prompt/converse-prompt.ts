import type { Chat, LlamaFamily } from "../bedrock/index.js";
import { promptFormats } from "./prompt-formats.js";

/** The prompt that Bedrock's Converse makes of a conversation for the models of a family. */
export function conversePrompt(family: LlamaFamily, { messages }: Chat): string {
  return promptFormats[family].render(messages);
}
