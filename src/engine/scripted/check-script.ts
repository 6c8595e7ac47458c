import { ScriptError } from "../errors.js";
import type { Script, ScriptedAnswer, ScriptedToken, ScriptedToolCall } from "./script.js";
import { splitIntoPieces, writeToolCall } from "./written-as-llama.js";

/** A checked script, whose answer is tokens whatever it was. */
export type CheckedScript = Pick<Script, "when" | "stopReason" | "promptTokens" | "delayMs" | "failAfter"> & {
  readonly tokens: readonly ScriptedToken[];
};

type JsonObject = Readonly<Record<string, unknown>>;

/** A check of a value, and what the value must be. */
type Rule = readonly [passes: (value: unknown) => boolean, must: string];

const TEXT: Rule = [(value) => typeof value === "string", "a string"];
const SOME_TEXT: Rule = [(value) => typeof value === "string" && value !== "", "a string with some text"];
const LIST: Rule = [(value) => Array.isArray(value), "a list"];
const CALL: Rule = [isObject, 'an object, such as {"name": "add"}'];
const INPUT: Rule = [isObject, 'an object, such as {"city": "Paris"}'];
const COUNT: Rule = [(value) => Number.isInteger(value) && Number(value) >= 0, "a whole number, 0 or more"];
const TIME: Rule = [
  (value) => typeof value === "number" && value >= 0,
  "a number of milliseconds, 0 or more",
];
const STOP_REASON: Rule = [(value) => value === "stop" || value === "length", '"stop" or "length"'];

const ANSWERS = { text: TEXT, tokens: LIST, toolCall: CALL };
const SCRIPT = {
  ...ANSWERS,
  when: SOME_TEXT,
  stopReason: STOP_REASON,
  promptTokens: COUNT,
  delayMs: TIME,
  failAfter: COUNT,
};
const TOKEN = { text: TEXT, id: COUNT, special: TEXT, delayMs: TIME };
const TOOL_CALL = { name: SOME_TEXT, input: INPUT };

/**
 * Checks a script or a list of scripts, wherever it comes from.
 *
 * @throws {ScriptError} what is wrong with it, and in which entry.
 */
export function checkScripts(value: unknown): readonly CheckedScript[] {
  if (!Array.isArray(value)) return [checkScript(value)];
  if (value.length === 0) throw new ScriptError("The list is empty: it must have at least one script.");
  return value.map((entry, i) => checkScript(entry, i + 1));
}

/** @param entry - its number in the list, from 1; undefined if it is the only one. @throws {ScriptError} */
export function checkScript(value: unknown, entry?: number): CheckedScript {
  const where = entry === undefined ? "" : `entry ${entry}`;
  const members = checkMembers(value, SCRIPT, "a script", where);
  const answers = Object.keys(ANSWERS).filter((key) => key in members);
  if (answers.length !== 1) {
    const has = answers.length === 0 ? "none of them" : answers.map(quoted).join(" and ");
    throw wrong(where, `it must have exactly one of "text", "tokens" and "toolCall", but has ${has}`);
  }
  const script = members as unknown as Script;
  return { ...script, tokens: tokensOf(script, where) };
}

function tokensOf(answer: ScriptedAnswer, where: string): readonly ScriptedToken[] {
  if ("tokens" in answer) {
    return answer.tokens.map((token, i) => checkToken(token, join(where, `token ${i + 1}`)));
  }
  const text = "text" in answer ? answer.text : callText(answer.toolCall, join(where, '"toolCall"'));
  return splitIntoPieces(text).map((piece) => ({ text: piece }));
}

function checkToken(token: unknown, where: string): ScriptedToken {
  if (typeof token === "string") return { text: token };
  return checkMembers(token, TOKEN, "a token", where, "text") as unknown as ScriptedToken;
}

function callText(call: unknown, where: string): string {
  const members = checkMembers(call, TOOL_CALL, "a tool call", where, "name");
  try {
    return writeToolCall(members as unknown as ScriptedToolCall);
  } catch (error) {
    throw wrong(where, `JSON can't hold its "input"`, { cause: error });
  }
}

/**
 * Checks that a value is an object with certain members only.
 *
 * @param required - the member that it must have
 * @returns its members, without those that are undefined
 */
function checkMembers(
  value: unknown,
  rules: Readonly<Record<string, Rule>>,
  what: string,
  where: string,
  required?: string,
): JsonObject {
  if (!isObject(value)) throw wrong(where, `${what} must be an object, not ${shown(value)}`);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  for (const [key, member] of members) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (!rule) {
      const keys = Object.keys(rules).join(", ");
      throw wrong(where, `${what} has no ${quoted(key)}. It can have: ${keys}`);
    }
    const [passes, must] = rule;
    if (!passes(member)) throw wrong(where, `${quoted(key)} must be ${must}`);
  }
  if (required !== undefined && members.every(([key]) => key !== required))
    throw wrong(where, `${what} needs ${quoted(required)}`);
  return Object.fromEntries(members);
}

function wrong(where: string, problem: string, options?: ErrorOptions): ScriptError {
  const text = where === "" ? problem : `${where}: ${problem}`;
  return new ScriptError(`${text.charAt(0).toUpperCase()}${text.slice(1)}.`, options);
}

/** A value as a message shows it; a list isn't shown: it may be long, or too deep for JSON. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? quoted(value) : String(value);
}

function join(where: string, more: string): string {
  return where === "" ? more : `${where}, ${more}`;
}

function quoted(key: string): string {
  return `"${key}"`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
