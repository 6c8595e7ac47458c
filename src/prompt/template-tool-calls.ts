import type { Tool } from "../bedrock/index.js";
import { bracketsEnd, type RawEntry, rawEntries } from "./raw-json.js";
import { stringOf, type ToolCall, toolCall } from "./tool-calls.js";

const OPEN_CALL = "<tool_call>";
const CLOSE_CALL = "</tool_call>";
const CALLS = "[TOOL_CALLS]";
const FENCE = "```";

/** What a fence says of its content, up to the first white space, such as `json`. */
const FENCE_LANGUAGE = /^\w*\s/;

/** What may stand between two calls. */
const SEPARATOR = /[\s,;]/;

/**
 * Reads the calls out of a stand-in's whole answer, in the forms that common chat templates teach:
 *
 * - Llama's, `{"name": …, "parameters": {…}}`, as the whole answer; also with `arguments`, also several or a list of them;
 * - `<tool_call>` and `</tool_call>` around one (Hermes, Qwen) or a list (SmolLM2), once or several times;
 * - `[TOOL_CALLS]` before a list (Mistral);
 * - one in a fenced block, as models write it that were taught none of these.
 *
 * A call may be OpenAI's `{"type": "function", "function": {…}}`, its arguments the text of a JSON object; other members, such as
 * an `id`, are ignored. Text around a tagged or fenced call is dropped, so that an answer has calls alone, as Bedrock's has. If
 * one of the calls can't be read or its tool isn't declared, all of the answer is text: an agent never runs half of an answer.
 *
 * Never throws.
 *
 * @param answer - one that the model has ended itself
 * @param tools - those that were declared
 * @returns undefined if the answer is text; otherwise one call or more
 */
export function readTemplateToolCalls(
  answer: string,
  tools: readonly Tool[],
): readonly ToolCall[] | undefined {
  return readCalls([answer], tools) ?? readCalls(markedTexts(answer), tools);
}

/** The texts of an answer that are marked as calls. */
function markedTexts(answer: string): readonly string[] {
  const tagged = answer.split(OPEN_CALL).slice(1);
  // the last tag may not be closed: some models end their turn instead
  if (tagged.length > 0) return tagged.map((text) => text.split(CLOSE_CALL, 1)[0] ?? "");
  const [, ...marked] = answer.split(CALLS);
  if (marked.length > 0) return marked;
  return answer
    .split(FENCE)
    .filter((_, index) => index % 2 === 1)
    .map((text) => text.replace(FENCE_LANGUAGE, ""));
}

/** Undefined if there are none, or a text is anything but calls. */
function readCalls(texts: readonly string[], tools: readonly Tool[]): readonly ToolCall[] | undefined {
  const calls: ToolCall[] = [];
  for (const text of texts) {
    const values = jsonValues(text);
    if (values === undefined) return undefined;
    for (const value of values) {
      const call = callOf(value, tools);
      if (call === undefined) return undefined;
      calls.push(call);
    }
  }
  return calls.length === 0 ? undefined : calls;
}

/** The objects that a text consists of, those in lists included; undefined if it has anything else. */
function jsonValues(text: string): readonly string[] | undefined {
  const values: string[] = [];
  for (let at = 0; at < text.length;) {
    if (SEPARATOR.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const end = bracketsEnd(text, at);
    if (end === undefined) return undefined;
    const value = text.slice(at, end);
    const elements = value.startsWith("[") ? rawEntries(value)?.map(({ json }) => json) : [value];
    if (elements === undefined) return undefined;
    for (const element of elements) values.push(element);
    at = end;
  }
  return values;
}

function callOf(json: string, tools: readonly Tool[]): ToolCall | undefined {
  const entries = objectEntries(json);
  const members = membersOf(objectEntries(valueOf(entries, "function")) ?? entries);
  const input = members.get("arguments") ?? members.get("parameters");
  return toolCall(members.get("name"), objectText(input), tools);
}

function objectEntries(json: string | undefined): readonly RawEntry[] | undefined {
  return json?.startsWith("{") === true ? rawEntries(json) : undefined;
}

function valueOf(entries: readonly RawEntry[] | undefined, name: string): string | undefined {
  return membersOf(entries).get(name);
}

function membersOf(entries: readonly RawEntry[] = []): ReadonlyMap<string | undefined, string> {
  return new Map(entries.map(({ key, json }) => [key, json]));
}

/** The JSON of an object, also if it is the text of a string. */
function objectText(json: string | undefined): string | undefined {
  const text = stringOf(json)?.trim();
  return text !== undefined && objectEntries(text) ? text : json;
}
