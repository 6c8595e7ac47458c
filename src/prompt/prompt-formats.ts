import { type LlamaFamily, type Message, type Role, textMessage } from "../bedrock/index.js";
import { llama2 } from "./llama-2.js";
import { llama31 } from "./llama-3-1.js";
import { llama3 } from "./llama-3.js";
import { llama4 } from "./llama-4.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/** Every prompt format, by the family of the models that were trained on it. */
export const promptFormats: Readonly<Record<LlamaFamily, PromptFormat>> = {
  "llama-2": llama2,
  "llama-3": llama3,
  "llama-3-1": llama31,
  "llama-4": llama4,
};

/** In the order of recognition. The distinctive markers come first: any text about prompts may contain `[INST]`. */
const FORMATS = [llama31, llama3, llama4, llama2];

/** Every marker of every format. */
const MARKERS =
  /\[\/?INST\]|<<\/?SYS>>|<\/?s>|<\|(?:(?:begin_of|end_of)_text|(?:start|end)_header_id|header_(?:start|end)|e(?:ot|om)(?:_id)?)\|>/g;

/**
 * Whether a prompt has more than `most` markers, of any format. Each is a token at least. {@link readPrompt} takes a microsecond for each:
 * the four million that fit into a body would hold up the process for seconds.
 */
export function hasMoreMarkers(prompt: string, most: number): boolean {
  const marker = new RegExp(MARKERS);
  for (let markers = 0; markers <= most; markers += 1) if (!marker.test(prompt)) return false;
  return true;
}

/** A beginning-of-sequence marker before plain text. */
const LEADING_MARKER = /^\s*(?:<s>|<\|begin_of_text\|>)/;

/**
 * Reads the messages out of any prompt, so that another model's template can render them. The format is recognized by its
 * markers, whatever model the prompt was written for. Text without markers is one user message, unchanged.
 *
 * Prompts that deviate from their format are accepted: white space around texts is removed, and `<s>` may be missing or doubled. So
 * a newline or spaces after `[/INST]` or after the assistant's header are no answer. A last message of the assistant is a prefilled
 * answer, and keeps the white space at its end.
 *
 * Never throws. Returns at least one message, each of one text part. Check a prompt from outside with {@link hasMoreMarkers} first.
 */
export function readPrompt(prompt: string): Message[] {
  for (const format of FORMATS) {
    const messages = format.parse(prompt);
    if (messages && messages.length > 0) {
      return mergeTurns(
        messages.map((message, index) => {
          const text = textOf(message);
          const isPrefill = message.role === "assistant" && index === messages.length - 1;
          return textMessage(message.role, isPrefill ? text.trimStart() : text.trim());
        }),
      );
    }
    if (messages) return [textMessage("user", "")];
  }
  return [textMessage("user", prompt.replace(LEADING_MARKER, ""))];
}

/** Makes one message of several of one role in a row, since most chat templates refuse them. */
function mergeTurns(messages: readonly Message[]): Message[] {
  const turns: { readonly role: Role; readonly texts: string[] }[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    const text = textOf(message);
    if (last?.role !== message.role) turns.push({ role: message.role, texts: [text] });
    else if (text !== "") last.texts.push(text);
  }
  return turns.map(({ role, texts }) => textMessage(role, texts.join("\n\n")));
}
