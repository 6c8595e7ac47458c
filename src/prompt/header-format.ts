import { type LlamaFamily, type Message, textMessage } from "../bedrock/index.js";
import { type PromptFormat, textOf } from "./prompt-format.js";
import type { Turn } from "./turns.js";

/** The special tokens in which the formats with headers differ. */
export interface HeaderMarkers {
  readonly startHeader: string;
  readonly endHeader: string;
  readonly endOfTurn: string;
  /** Matches every token that can end a turn. Global. */
  readonly turnEnd: RegExp;
}

const BEGIN_OF_TEXT = "<|begin_of_text|>";

/** Stands between a header and its turn. */
const BLANK_LINE = "\n\n";

/**
 * A format whose turns each begin with a header that names the role, as in Llama 3 and Llama 4.
 *
 * The prompt begins with `<|begin_of_text|>`, since Bedrock adds no token to the prompts of these models.
 *
 * White space around a text is kept (Meta's own code trims it). A prefilled answer of only white space reads as none. Any other
 * role, such as `ipython` for the result of a tool, reads as the user's.
 */
export function headerFormat(name: LlamaFamily, markers: HeaderMarkers): PromptFormat {
  return {
    name,

    render(messages) {
      return writeTurns(
        messages.map((message) => ({ role: message.role, content: textOf(message) })),
        markers,
      );
    },

    parse(prompt) {
      const [lead = "", ...turns] = prompt.split(markers.startHeader);
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

/**
 * Writes turns up to where the answer begins. A last turn of the assistant is a prefilled answer.
 *
 * @param beforeAnswer - what stands between the answer's header and the answer
 */
export function writeTurns(
  turns: readonly Turn[],
  { startHeader, endHeader, endOfTurn }: HeaderMarkers,
  beforeAnswer = BLANK_LINE,
): string {
  const header = (role: string) => `${startHeader}${role}${endHeader}`;
  const written = turns.map(({ role, content }) => `${header(role)}${BLANK_LINE}${content}`);
  if (turns.at(-1)?.role !== "assistant") written.push(`${header("assistant")}${beforeAnswer}`);
  return `${BEGIN_OF_TEXT}${written.join(endOfTurn)}`;
}

/** Reads the text from one header's start to the next. */
function readTurn(turn: string, { endHeader, turnEnd }: HeaderMarkers): Message {
  const headerEnd = turn.indexOf(endHeader);
  const name = turn.slice(0, Math.max(headerEnd, 0)).trim();
  const role = name === "system" || name === "assistant" ? name : "user";
  const body = headerEnd < 0 ? turn : turn.slice(headerEnd + endHeader.length).replace(/^(?:\r?\n){1,2}/, "");

  const end = body.search(turnEnd);
  if (end < 0) return textMessage(role, body);
  // the format has only white space between a turn's end and the next header, and some programs begin the text anew; the rest is kept
  const stray = body.slice(end).replaceAll(turnEnd, "").replaceAll(BEGIN_OF_TEXT, "").trim();
  return textMessage(role, `${body.slice(0, end)}${stray === "" ? "" : `\n${stray}`}`);
}
