import type { JsonValue } from "../bedrock/index.js";

/**
 * The deepest level that is indented further than the one above, and the deepest JSON that a chat template is given, whose printer
 * has no such bound. No schema of a tool has been seen so deep, and a body of 25 MB could ask for gigabytes of spaces.
 */
const MAX_INDENTED_LEVELS = 32;

const INDENT = "    ";

/** A list or an object that is being written. */
interface Level {
  readonly close: "]" | "}";
  readonly entries: Iterator<readonly [key: string | undefined, value: JsonValue]>;
  isEmpty: boolean;
}

/** Whether JSON is deeper than is indented. */
export function isDeepJson(value: JsonValue, levels = MAX_INDENTED_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeepJson(member, levels - 1));
}

/** Writes JSON without white space. As `JSON.stringify` does, but of any depth: that one throws a RangeError after some thousand levels. */
export function compactJson(value: JsonValue): string {
  return writeJson(value, { colon: ":", empty: "", lineBreak: () => "" });
}

/**
 * Writes JSON with each member and each element on a line of its own, four spaces a level. Bedrock's printer puts a space into an
 * empty object (computed from recorded counts), as Java's Jackson does; for an empty list it is inferred. Of any depth.
 */
export function prettyJson(value: JsonValue): string {
  return writeJson(value, {
    colon: ": ",
    empty: " ",
    lineBreak: (level) => `\n${INDENT.repeat(Math.min(level, MAX_INDENTED_LEVELS))}`,
  });
}

interface Layout {
  readonly colon: string;
  /** Between the brackets of an empty list or object. */
  readonly empty: string;
  /** @param level - the number of lists and objects around the line */
  readonly lineBreak: (level: number) => string;
}

function writeJson(root: JsonValue, { colon, empty, lineBreak }: Layout): string {
  let text = "";
  const open: Level[] = [];
  const begin = (value: JsonValue): void => {
    const level = enter(value);
    text += level === undefined ? JSON.stringify(value) : level.close === "]" ? "[" : "{";
    if (level !== undefined) open.push(level);
  };

  begin(root);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const next = level.entries.next();
    if (next.done === true) {
      open.pop();
      text += `${level.isEmpty ? empty : lineBreak(open.length)}${level.close}`;
      continue;
    }
    const [key, value] = next.value;
    text += `${level.isEmpty ? "" : ","}${lineBreak(open.length)}`;
    if (key !== undefined) text += `${JSON.stringify(key)}${colon}`;
    level.isEmpty = false;
    begin(value);
  }
  return text;
}

/** Undefined for a value without members or elements of its own. */
function enter(value: JsonValue): Level | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return isList(value)
    ? { close: "]", entries: elements(value), isEmpty: true }
    : { close: "}", entries: Object.entries(value).values(), isEmpty: true };
}

function* elements(list: readonly JsonValue[]): Generator<[undefined, JsonValue]> {
  for (const element of list) yield [undefined, element];
}

/** `Array.isArray` doesn't narrow a readonly list. */
function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
