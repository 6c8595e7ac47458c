import { type Chat, type LlamaFamily, type Message, textMessage } from "../bedrock/index.js";
import { type HeaderMarkers, writeTurns } from "./header-format.js";
import { llama2 } from "./llama-2.js";
import { DATE_PREAMBLE } from "./llama-3-1.js";
import { LLAMA_3_MARKERS } from "./llama-3.js";
import { LLAMA_4_MARKERS } from "./llama-4.js";
import { declareTools, messageText, segmentText } from "./tool-text.js";
import { segmentsOf, type Turn } from "./turns.js";

/** How Converse's prompts for the models with headers differ from one another. */
interface ConverseStyle {
  readonly markers: HeaderMarkers;
  /** The beginning of the system turn, which is there even without system text. */
  readonly preamble: string;
  /** What stands between the answer's header and the answer. */
  readonly beforeAnswer?: string;
}

/** Each computed from the token counts of recorded Converse responses; Llama 4's without tools is inferred from those with. */
const styles: Readonly<Record<Exclude<LlamaFamily, "llama-2">, ConverseStyle>> = {
  // the model writes the blank line itself: it is in the answer's text, and counted
  "llama-3": { markers: LLAMA_3_MARKERS, preamble: "", beforeAnswer: "" },
  "llama-3-1": { markers: LLAMA_3_MARKERS, preamble: DATE_PREAMBLE },
  // Llama 3.1's dates, which Meta's own format for Llama 4 doesn't have
  "llama-4": { markers: LLAMA_4_MARKERS, preamble: DATE_PREAMBLE },
};

/** The first line of the system turn if tools are declared. */
const TOOL_ENVIRONMENT = "Environment: ipython\n";

/** The role of a tool's result. */
const RESULT_ROLE = "ipython";

/**
 * The prompt that Bedrock's Converse makes of a conversation for the models of a family. It isn't Meta's format to the byte: that
 * is what {@link promptFormats} write.
 *
 * Tools are declared in the first user turn. Several calls in a turn are joined by line breaks, and each result of a tool is a turn
 * (inferred: only one of each was seen). Calls and results need no declared tools here.
 *
 * @throws {MessageOrderError} the messages aren't in the order that Llama 2's format needs.
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function conversePrompt(family: LlamaFamily, { messages, tools }: Chat): string {
  if (family === "llama-2") {
    return llama2.render(messages.map((message) => textMessage(message.role, messageText(message))));
  }
  const { markers, preamble, beforeAnswer } = styles[family];
  const [first, ...others] = messages.flatMap(turnsOf);
  const [system, turns] =
    first?.role === "system" ? [first.content, others] : ["", first ? [first, ...others] : []];
  const environment = tools.length > 0 ? TOOL_ENVIRONMENT : "";
  return writeTurns(
    [{ role: "system", content: `${environment}${preamble}${system}` }, ...declareTools(turns, tools)],
    markers,
    beforeAnswer,
  );
}

function turnsOf(message: Message): readonly Turn[] {
  if (message.role === "user") {
    return segmentsOf(message).map((segment) => ({
      role: segment.type === "toolResult" ? RESULT_ROLE : "user",
      content: segmentText(segment),
    }));
  }
  return [{ role: message.role, content: messageText(message) }];
}
