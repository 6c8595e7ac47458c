import { type LlamaFamily, type Message, textMessage } from "../bedrock/index.js";
import { llama2 } from "./llama-2.js";
import { llama31 } from "./llama-3-1.js";
import { llama3 } from "./llama-3.js";
import { llama4 } from "./llama-4.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/** Every prompt format, by the family of models that was trained on it. */
export const promptFormats: Readonly<Record<LlamaFamily, PromptFormat>> = {
  "llama-2": llama2,
  "llama-3": llama3,
  "llama-3-1": llama31,
  "llama-4": llama4,
};

/** The more telling markers first: `[INST]` may stand in a text about prompts. */
const FORMATS = [llama31, llama3, llama4, llama2];

/** A beginning-of-sequence marker in front of text that has no other. */
const LEADING_MARKER = /^\s*(?:<s>|<\|begin_of_text\|>)/;

/**
 * Reads the messages out of any prompt, so that another model's template can write them again. The format is recognised
 * by its markers, whichever model the prompt was meant for; text without any is one user message, as it is.
 *
 * It takes prompts as people write them: white space around contents is dropped (a prompt that ends in a newline or spaces
 * after `[/INST]` or after the assistant's header begins no answer), and so is a missing or doubled `<s>`. A last message
 * of the assistant is a begun answer to be continued, with the white space at its end.
 *
 * Never throws; returns one message at least.
 */
export function readPrompt(prompt: string): Message[] {
  for (const format of FORMATS) {
    const messages = format.parse(prompt);
    if (messages && messages.length > 0) {
      return messages.map((message, index) => {
        const text = textOf(message);
        const isPrefill = message.role === "assistant" && index === messages.length - 1;
        return textMessage(message.role, isPrefill ? text.trimStart() : text.trim());
      });
    }
    if (messages) return [textMessage("user", "")];
  }
  return [textMessage("user", prompt.replace(LEADING_MARKER, ""))];
}
