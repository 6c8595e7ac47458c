import { type LlamaFamily, type Message, textMessage } from "../bedrock/index.js";
import { type PromptFormat, textOf } from "./prompt-format.js";

/** The texts of the tokens in which the formats with headers differ. */
export interface HeaderMarkers {
  readonly startHeader: string;
  readonly endHeader: string;
  readonly endOfTurn: string;
  /** Everything that can end a turn; global. */
  readonly turnEnd: RegExp;
}

const BEGIN_OF_TEXT = "<|begin_of_text|>";

/**
 * A format whose turns each begin with a header that names the role: Llama 3's, and Llama 4's after it.
 *
 * `<|begin_of_text|>` is written out, since Bedrock adds no token to a prompt of these models.
 *
 * Contents are carried as they are, white space included (Meta's own code trims them). A begun answer of nothing but white
 * space can't be told from none, and a role that is not one of ours (`ipython`, a tool's result) is read as the user's.
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
      // text in front of the first header is not of the format, but people put instructions there
      const instructions = lead.replaceAll(BEGIN_OF_TEXT, "").trim();
      if (instructions !== "") messages.unshift(textMessage("system", instructions));
      const last = messages.at(-1);
      if (last?.role === "assistant" && textOf(last).trim() === "") messages.pop();
      return messages;
    },
  };
}

/** The role and the content of what stands between one start of a header and the next. */
function readTurn(turn: string, { endHeader, turnEnd }: HeaderMarkers): Message {
  const headerEnd = turn.indexOf(endHeader);
  const name = turn.slice(0, Math.max(headerEnd, 0)).trim();
  const role = name === "system" || name === "assistant" ? name : "user";
  const body = headerEnd < 0 ? turn : turn.slice(headerEnd + endHeader.length).replace(/^(?:\r?\n){1,2}/, "");

  const end = body.search(turnEnd);
  if (end < 0) return textMessage(role, body);
  // nothing but white space belongs between a turn's end and the next header; other text is not thrown away
  const stray = body.slice(end).replaceAll(turnEnd, "").trim();
  return textMessage(role, `${body.slice(0, end)}${stray === "" ? "" : `\n${stray}`}`);
}
