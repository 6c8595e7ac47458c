import type { ChatMessage, PromptFormat } from "./prompt-format.js";

const BEGIN_OF_TEXT = "<|begin_of_text|>";
const START_HEADER = "<|start_header_id|>";
const END_HEADER = "<|end_header_id|>";
const END_OF_TURN = "<|eot_id|>";

/** What can end a turn: also a tool call's end, and the base models' end of text. */
const TURN_END = /<\|(?:eot_id|eom_id|end_of_text)\|>/g;

/**
 * Llama 3:
 *
 *     <|begin_of_text|><|start_header_id|>user<|end_header_id|>
 *
 *     question<|eot_id|><|start_header_id|>assistant<|end_header_id|>
 *
 * and a blank line, after which the model writes (https://github.com/meta-llama/llama-models, `prompt_format.md` of each
 * model). `<|begin_of_text|>` is written out, since Bedrock adds no token to a Llama 3 prompt.
 *
 * Contents are carried as they are, white space included (Meta's own code trims them). A begun answer of nothing but white
 * space can't be told from none, and a role that is not one of ours (`ipython`, a tool's result) is read as the user's.
 */
export const llama3: PromptFormat = {
  name: "llama-3",

  render(messages) {
    const turns = messages.map(({ role, content }) => `${header(role)}${content}`);
    if (messages.at(-1)?.role !== "assistant") turns.push(header("assistant"));
    return `${BEGIN_OF_TEXT}${turns.join(END_OF_TURN)}`;
  },

  parse(prompt) {
    const [lead = "", ...turns] = prompt.split(START_HEADER);
    if (turns.length === 0) return undefined;
    const messages = turns.map(readTurn);
    // text in front of the first header is not of the format, but people put instructions there
    const instructions = lead.replaceAll(BEGIN_OF_TEXT, "").trim();
    if (instructions !== "") messages.unshift({ role: "system", content: instructions });
    const last = messages.at(-1);
    if (last?.role === "assistant" && last.content.trim() === "") messages.pop();
    return messages;
  },
};

function header(role: string): string {
  return `${START_HEADER}${role}${END_HEADER}\n\n`;
}

/** The role and the content of what stands between one start of a header and the next. */
function readTurn(turn: string): ChatMessage {
  const headerEnd = turn.indexOf(END_HEADER);
  const name = turn.slice(0, Math.max(headerEnd, 0)).trim();
  const role = name === "system" || name === "assistant" ? name : "user";
  const body =
    headerEnd < 0 ? turn : turn.slice(headerEnd + END_HEADER.length).replace(/^(?:\r?\n){1,2}/, "");

  const end = body.search(TURN_END);
  if (end < 0) return { role, content: body };
  // nothing but white space belongs between a turn's end and the next header; other text is not thrown away
  const stray = body.slice(end).replaceAll(TURN_END, "").trim();
  return { role, content: `${body.slice(0, end)}${stray === "" ? "" : `\n${stray}`}` };
}
