import type { Tool } from "../bedrock/index.js";
import { minify, type RawEntry, rawEntries } from "./raw-json.js";

/** A model's call of a tool, as it wrote it. */
export interface ToolCall {
  /** The name of a declared tool. */
  readonly name: string;
  /**
   * The arguments, a JSON object without white space. Nothing is converted: numbers, the order of members and members of the same
   * name are as the model wrote them.
   */
  readonly inputJson: string;
}

/**
 * Reads the calls out of a Llama's whole answer, as Bedrock does. For real weights; a stand-in's answer is for
 * {@link readTemplateToolCalls}.
 *
 * A call is the whole answer: `{"name": …, "parameters": {…}}`, with or without `"type": "function"` (recorded), in any order
 * and with white space around it. A call of a tool that isn't declared is text (recorded). So is everything else, which nobody has
 * shown (inferred): text beside the object, other members, one twice, parameters that aren't an object or are deeper than clients can decode, several calls.
 *
 * Never throws.
 *
 * @param answer - one that the model has ended itself
 * @param tools - those that were declared
 * @returns undefined if the answer is text; otherwise one call
 */
export function readToolCalls(answer: string, tools: readonly Tool[]): readonly ToolCall[] | undefined {
  const entries = rawEntries(answer);
  if (entries === undefined) return undefined;
  const members = new Map(entries.map(({ key, json }) => [key, json]));
  const type = members.get("type");
  const expected = type === undefined ? 2 : 3;
  if (entries.length !== expected || members.size !== expected) return undefined;
  if (type !== undefined && stringOf(type) !== "function") return undefined;
  const call = toolCall(members.get("name"), members.get("parameters"), tools);
  return call && [call];
}

/**
 * A call from the JSON of its name and of its arguments; undefined if it isn't a call of a declared tool with an object of
 * arguments.
 */
export function toolCall(
  nameJson: string | undefined,
  inputJson: string | undefined,
  tools: readonly Tool[],
): ToolCall | undefined {
  const name = stringOf(nameJson);
  if (name === undefined || inputJson?.startsWith("{") !== true) return undefined;
  return tools.some((tool) => tool.name === name) ? { name, inputJson: minify(inputJson) } : undefined;
}

/** The text of a JSON string; undefined for any other JSON. */
export function stringOf(json: RawEntry["json"] | undefined): string | undefined {
  return json?.startsWith('"') === true ? (JSON.parse(json) as string) : undefined;
}
