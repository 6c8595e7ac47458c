/*
 * JSON as it was written. `JSON.parse` loses what a number was written as (a 19-digit id, 1.0), all but the last of members that
 * have one name, and the place of members whose names are numbers.
 *
 * Each function reads its text once, from the left to the right, whatever its depth.
 */

/**
 * The deepest JSON that is read. Bedrock's own bound is unknown; Jackson, the usual library of Java, refuses more than 1,000 levels, and
 * Python's decoder fails at fewer than that if its program is deep in calls already. No arguments of a tool are so deep, but a small model
 * that repeats a bracket writes them.
 */
const MAX_DEPTH = 500;

const QUOTE = '"';
const BACKSLASH = "\\";

/** A member of an object or, without a key, an element of a list. */
export interface RawEntry {
  readonly key: string | undefined;
  /** The value, without white space around it. */
  readonly json: string;
}

/**
 * The members of an object or the elements of a list, in their order; undefined if the text isn't the JSON of one, or is deeper than
 * {@link MAX_DEPTH}.
 */
export function rawEntries(text: string): readonly RawEntry[] | undefined {
  const json = text.trim();
  if (!json.startsWith("{") && !json.startsWith("[")) return undefined;
  try {
    JSON.parse(json);
  } catch {
    return undefined;
  }
  const entries: RawEntry[] = [];
  let depth = 0;
  let start = 1;
  let colon: number | undefined;
  const endEntry = (end: number) => {
    const key = colon === undefined ? undefined : (JSON.parse(json.slice(start, colon)) as string);
    const value = json.slice(colon === undefined ? start : colon + 1, end).trim();
    if (value !== "") entries.push({ key, json: value });
    start = end + 1;
    colon = undefined;
  };
  for (let at = 1; at < json.length - 1; at += 1) {
    const character = json[at];
    if (character === QUOTE) at = stringEnd(json, at) - 1;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth >= MAX_DEPTH) return undefined;
    } else if (character === "}" || character === "]") depth -= 1;
    else if (depth > 0) continue;
    else if (character === ",") endEntry(at);
    else if (character === ":") colon = at;
  }
  endEntry(json.length - 1);
  return entries;
}

/** Removes the white space of a JSON text, except inside its strings. */
export function minify(json: string): string {
  let text = "";
  let start = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === QUOTE) {
      at = stringEnd(json, at) - 1;
    } else if (isWhiteSpace(json[at])) {
      text += json.slice(start, at);
      start = at + 1;
    }
  }
  return text + json.slice(start);
}

/**
 * Where the object or list that begins at `start` ends, by its brackets; undefined if they don't match up to the end of the text.
 * What is between them may be anything.
 */
export function bracketsEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === QUOTE) at = stringEnd(text, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** The end of the string that begins at `start`; of the text if it isn't closed. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === BACKSLASH) at += 1;
    else if (text[at] === QUOTE) return at + 1;
  }
  return text.length;
}

function isWhiteSpace(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t";
}
