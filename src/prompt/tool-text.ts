import type { Message, Tool, ToolResultPart, ToolUsePart } from "../bedrock/index.js";
import { BETWEEN_TEXTS, contentText, type Segment, segmentsOf, type Turn } from "./turns.js";
import { compactJson, prettyJson } from "./write-json.js";

/*
 * Tools as text, in the words of the chat template that Meta publishes with Llama 3.1, as Bedrock's printer has them: for Llama 3.3
 * and 4 computed from recorded token counts. The counts fix everything but the order of a tool's keys and the width of the
 * indentation, which the template has.
 *
 * Inferred, since nobody has shown it: a list without elements, JSON as a tool's result, several items in a result.
 *
 * Nothing is escaped beyond JSON: a marker of the format in a tool's result is that marker for the model.
 */

const INSTRUCTIONS =
  "Given the following functions, please respond with a JSON for a function call with its proper arguments " +
  "that best answers the given prompt.\n\n" +
  'Respond in the format {"name": function name, "parameters": dictionary of argument name and its value}.' +
  "Do not use variables.\n\n";

/** Puts the declaration of tools in front of the first user turn; in a turn of its own if there is none. */
export function declareTools(turns: readonly Turn[], tools: readonly Tool[]): readonly Turn[] {
  if (tools.length === 0) return turns;
  const declaration = `${INSTRUCTIONS}${tools.map((tool) => `${toolText(tool)}\n\n`).join("")}`;
  const index = turns.findIndex(({ role }) => role === "user");
  const first = turns[index];
  if (first === undefined) return [...turns, { role: "user", content: declaration }];
  return turns.with(index, { ...first, content: `${declaration}${first.content}` });
}

/** A missing description is null. */
function toolText({ name, description, inputSchema }: Tool): string {
  return prettyJson({ name, description: description ?? null, parameters: inputSchema });
}

/** A call of a tool as the model writes it, the arguments without white space. */
function toolUseText({ name, input }: ToolUsePart): string {
  return `{"name": ${JSON.stringify(name)}, "parameters": ${compactJson(input)}}`;
}

/** The result of a tool: its text as a JSON string, or, if JSON or documents are all it has, these. */
function toolResultText(result: ToolResultPart): string {
  const [only, ...others] = result.content;
  const text = contentText(result.content);
  // computed from the count of the only recorded document
  if (result.content.length > 0 && result.content.every(({ type }) => type === "document")) return text;
  return only?.type === "json" && others.length === 0 ? text : JSON.stringify(text);
}

/** A message with calls and results of tools as text, each on a line of its own. */
export function messageText(message: Message): string {
  return segmentsOf(message).map(segmentText).join(BETWEEN_TEXTS);
}

/** A piece of a message, with calls and results of tools as text. */
export function segmentText(segment: Segment): string {
  if (segment.type === "toolUse") return toolUseText(segment);
  if (segment.type === "toolResult") return toolResultText(segment);
  return segment.text;
}
