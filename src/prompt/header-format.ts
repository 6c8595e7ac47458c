import { type LlamaFamily, type Message, textMessage } from "../bedrock/index.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/** The special tokens in which the formats with headers differ. */
export interface HeaderMarkers {
  readonly startHeader: string;
  readonly endHeader: string;
  readonly endOfTurn: string;
  /** Matches every token that can end a turn. Global. */
  readonly turnEnd: RegExp;
}

const BEGIN_OF_TEXT = "<|begin_of_text|>";

/**
 * A format whose turns each begin with a header that names the role, as in Llama 3 and Llama 4.
 *
 * The prompt begins with `<|begin_of_text|>`, since Bedrock adds no token to the prompts of these models.
 *
 * White space around a text is kept (Meta's own code trims it). A prefilled answer of only white space reads as none. Any other
 * role, such as `ipython` for the result of a tool, reads as the user's.
 */
export function headerFormat(name: LlamaFamily, markers: HeaderMarkers): PromptFormat {
  const { startHeader, endHeader, endOfTurn } = markers;
  const header = (role: string) => `${startHeader}${role}${endHeader}\n\n`;
  return {
    name,

    render(messages) {
      const turns = messages.map((message) => `${header(message.role)}${textOf(message)}`);
      if (messages.at(-1)?.role !== "assistant") turns.push(header("assistant"));
      return `${BEGIN_OF_TEXT}${turns.join(endOfTurn)}`;
    },

    parse(prompt) {
      const [lead = "", ...turns] = prompt.split(startHeader);
      if (turns.length === 0) return undefined;
      const messages = turns.map((turn) => readTurn(turn, markers));
      // the format has no text before the first header, but people put instructions there
      const instructions = lead.replaceAll(BEGIN_OF_TEXT, "").trim();
      if (instructions !== "") messages.unshift(textMessage("system", instructions));
      const last = messages.at(-1);
      if (last?.role === "assistant" && textOf(last).trim() === "") messages.pop();
      return messages;
    },
  };
}

/** Reads the text from one header's start to the next. */
function readTurn(turn: string, { endHeader, turnEnd }: HeaderMarkers): Message {
  const headerEnd = turn.indexOf(endHeader);
  const name = turn.slice(0, Math.max(headerEnd, 0)).trim();
  const role = name === "system" || name === "assistant" ? name : "user";
  const body = headerEnd < 0 ? turn : turn.slice(headerEnd + endHeader.length).replace(/^(?:\r?\n){1,2}/, "");

  const end = body.search(turnEnd);
  if (end < 0) return textMessage(role, body);
  // the format has only white space between a turn's end and the next header; other text is kept
  const stray = body.slice(end).replaceAll(turnEnd, "").trim();
  return textMessage(role, `${body.slice(0, end)}${stray === "" ? "" : `\n${stray}`}`);
}
