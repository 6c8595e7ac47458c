import type { CST, ErrorCode, YAMLError } from "yaml";

/** Something wrong with the form of a file. */
export interface FormProblem {
  /** In characters from the beginning. */
  readonly offset: number;
  /** What is wrong, and what to write. */
  readonly message: string;
}

/** An error of the library with what it takes to say it in words. */
interface Found {
  readonly message: string;
  /** Where the library saw it, in characters from the beginning. */
  readonly offset: number;
  readonly text: string;
  readonly tokens: readonly CST.Token[];
}

type Words = (found: Found) => FormProblem | string;

const TAG =
  "Tags such as !name or !!int aren't known here: write the value alone, a text that looks like a number in quotes.";

const COLON =
  "A colon is missing here: a key's line needs one, with a space or nothing behind it. Write, for example, `listen:`.";

/** What to say of each of the library's errors. */
const WORDS: Readonly<Record<ErrorCode, Words>> = {
  ALIAS_PROPS: () =>
    "An alias stands for a whole value, so nothing may stand before it: write the alias alone.",
  BAD_ALIAS: ({ message, text, offset }) => {
    if (message.includes("ambiguous"))
      return "The name of an anchor or an alias ends in a colon here: write a space before the colon.";
    return text[offset] === "&"
      ? 'A & begins an anchor in YAML: write it in quotes, as "&".'
      : 'A * begins an alias in YAML: write it in quotes, as "*".';
  },
  BAD_COLLECTION_TYPE: () => TAG,
  BAD_DIRECTIVE: ({ text, offset }) => ({
    offset: lineStart(text, offset),
    message:
      "A line that begins with % is for programs that read YAML, and none is needed here: leave it out.",
  }),
  BAD_DQ_ESCAPE: () =>
    "In double quotes a \\ needs a known letter behind it: write \\\\ for a backslash, or put the text in single quotes.",
  BAD_INDENT: indent,
  BAD_PROP_ORDER: () => "An anchor or a tag stands before the - or ? that it belongs behind: leave it out.",
  BAD_SCALAR_START: ({ text, offset }) =>
    `A text can't begin with ${text[offset] ?? "this"} in YAML: write it in quotes.`,
  BLOCK_AS_IMPLICIT_KEY: nested,
  BLOCK_IN_FLOW: () =>
    "A comma is missing behind this, before the next setting or element. If a colon belongs to the text, write that in quotes.",
  DUPLICATE_KEY: () => "This key is here a second time: keep one of the two.",
  IMPOSSIBLE: general,
  KEY_OVER_1024_CHARS: () =>
    "A key is longer than 1024 characters. Is a colon or a quotation mark missing before it?",
  MISSING_CHAR: missing,
  MULTILINE_IMPLICIT_KEY: ({ text, offset }) =>
    isColonWithoutSpace(text, offset)
      ? "A space is missing behind the colon: write `key: value`."
      : "The colon of this key is missing: its line ends without one. Write, for example, `listen:`.",
  MULTIPLE_ANCHORS: () => "A value can have one anchor: keep one of the two.",
  MULTIPLE_DOCS: () => "A second document begins here: leave it out, with the `---` before it.",
  MULTIPLE_TAGS: () => TAG,
  NON_STRING_KEY: () => "A key must be a text.",
  RESOURCE_EXHAUSTION: () => "Settings are nested too deeply here.",
  TAB_AS_INDENT: () => "A tab can't indent in YAML: write spaces.",
  TAG_RESOLVE_FAILED: () => TAG,
  UNEXPECTED_TOKEN: unexpected,
};

/** The problems of a file's form, in words: one a line, without those that follow from others. */
export function formProblems(
  errors: readonly YAMLError[],
  text: string,
  tokens: readonly CST.Token[],
): readonly FormProblem[] {
  const problems = errors
    .filter((error) => !follows(error, errors))
    .map(({ code, message, pos: [offset] }): FormProblem => {
      const said = WORDS[code]({ message, offset, text, tokens });
      return typeof said === "string" ? { offset, message: said } : said;
    });
  const all = [...tagsIn(tokens), ...problems].sort((a, b) => a.offset - b.offset);
  const lines = all.map(({ offset }) => lineStart(text, offset));
  return all.filter((_, i) => lines.indexOf(lines[i] ?? 0) === i);
}

/** Whether an error only follows from another one. */
function follows({ code, message, pos: [offset] }: YAMLError, errors: readonly YAMLError[]): boolean {
  const here = errors.filter(({ pos }) => pos[0] === offset);
  // a key over several lines is a setting where none can be; a bracket isn't closed since a quotation mark isn't
  if (code === "MULTILINE_IMPLICIT_KEY") return here.some((other) => other.code.startsWith("BLOCK_"));
  if (UNCLOSED.test(message)) return here.some((other) => other.message.startsWith("Missing closing"));
  // once the library has lost its place, it takes each further word for an error of its own
  const isLost = errors.some(
    (other) => UNCLOSED.test(other.message) || other.message.endsWith("at node end"),
  );
  return isLost && /^Unexpected \S+ (?:token )?in YAML stream/u.test(message);
}

const UNCLOSED = /^Flow (?:map|sequence)\b/u;

/** Every tag that is written out: what it makes of a value would be none of the file's settings. */
function tagsIn(tokens: readonly CST.Token[]): readonly FormProblem[] {
  const found: FormProblem[] = [];
  const note = (parts: readonly CST.SourceToken[] = []) => {
    for (const { type, offset } of parts) if (type === "tag") found.push({ offset, message: TAG });
  };
  visit(tokens, (token) => {
    if ("start" in token && Array.isArray(token.start)) note(token.start);
    if (!("items" in token)) return;
    for (const { start, sep } of token.items) {
      note(start);
      note(sep);
    }
  });
  return found;
}

/** Calls back for each token, and for those in it. */
function visit(tokens: readonly CST.Token[], callback: (token: CST.Token) => void): void {
  const below = [...tokens];
  for (let token = below.pop(); token; token = below.pop()) {
    callback(token);
    if (token.type === "document" && token.value) below.push(token.value);
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      if (key) below.push(key);
      if (value) below.push(value);
    }
  }
}

function indent(found: Found): FormProblem | string {
  const { message, text, offset } = found;
  if (message.startsWith("Flow end"))
    return "Spaces are missing before this bracket: indent it more than the line that it belongs to.";
  if (message.startsWith("Flow")) return unclosed(found);
  const at = offset + (/^[ \t]*/u.exec(text.slice(offset))?.[0].length ?? 0);
  return { offset: at, message: /^-\s/u.test(text.slice(at)) ? OTHER_ELEMENT : OTHER_LINE };
}

const OTHER_ELEMENT =
  "This element is indented in another way than those before it: write as many spaces before its - as before theirs.";

const OTHER_LINE =
  "This line is indented in another way than those that it belongs to: write as many spaces before it as before them.";

/** A bracket that isn't closed, or whose lines aren't indented, so that it ends where they begin. */
function unclosed({ text, offset, tokens }: Found): FormProblem {
  let open: { readonly offset: number; readonly source: string } | undefined;
  visit(tokens, (token) => {
    if (token.type !== "flow-collection" || token.offset >= offset) return;
    const { start, end } = token;
    const closing = start.type === "flow-map-start" ? "flow-map-end" : "flow-seq-end";
    if (end.some(({ type }) => type === closing)) return;
    if (open === undefined || start.offset > open.offset) open = start;
  });
  const { offset: at = offset, source = "{" } = open ?? {};
  const close = source === "[" ? "]" : "}";
  const isBegun = lineStart(text, at) === lineStart(text, offset);
  if (!isBegun && new RegExp(`^\\s*\\${close}`, "mu").test(text.slice(offset)))
    return {
      offset,
      message: `Spaces are missing here: indent what is between ${source} and ${close}, and the ${close} itself, more than the line with the ${source}.`,
    };
  return { offset: at, message: `This ${source} is never closed: write a ${close} where it ends.` };
}

/** A key within the value of another one. */
function nested({ message, text, offset }: Found): FormProblem {
  if (message.startsWith("A block sequence")) return { offset, message: OTHER_ELEMENT };
  const rest = text.slice(offset);
  const [line = "", next = ""] = rest.split("\n");
  if (/:(?:\s|$)/u.test(line) || !/:(?:\s|$)/u.test(next))
    return {
      offset,
      message:
        "There are two keys on one line: put the second on a line of its own, indented below the first. If the colon belongs to a text, write that in quotes.",
    };
  const indented = /^[ \t]*/u.exec(next)?.[0].length ?? 0;
  return {
    offset: offset + line.length + 1 + indented,
    message:
      "This line is indented below one that has a value already: write as many spaces before it as before the line above, or leave out the value there.",
  };
}

function missing(found: Found): FormProblem | string {
  const { message, text, offset, tokens } = found;
  if (message.startsWith("Missing closing")) {
    let start = offset;
    visit(tokens, (token) => {
      if (!("source" in token) || !token.type.endsWith("-quoted-scalar")) return;
      if (token.offset <= offset && token.offset + token.source.length >= offset) start = token.offset;
    });
    return {
      offset: start,
      message: `This quotation mark is never closed: write ${text[start] ?? '"'} where the text ends.`,
    };
  }
  if (message.startsWith("Flow")) return unclosed(found);
  if (message.startsWith("Implicit map keys"))
    return isColonWithoutSpace(text, offset)
      ? "A space is missing behind the colon: write `key: value`."
      : COLON;
  if (message.startsWith("Sequence item")) {
    const at = offset + (/^[ \t]*/u.exec(text.slice(offset))?.[0].length ?? 0);
    return {
      offset: at,
      message:
        "This line stands among the elements of a list: begin it with `- `, or write as many spaces before it as before the line that it belongs to.",
    };
  }
  if (message.startsWith("Missing ,"))
    return "A comma or a colon is missing before this. If it belongs to a text, write that in quotes.";
  if (message.startsWith("Missing space")) return "A space is missing behind the colon.";
  if (message.startsWith("Comments"))
    return "A # begins a comment only behind a space: write one, or, if it belongs to the text, write that in quotes.";
  if (message.includes("separated from")) return "A space is missing behind this.";
  if (message.includes("same line with"))
    return "Settings can't begin behind `---`: write them on the next line.";
  if (message.includes("directives-end")) {
    const line = text.search(/^%/mu);
    return {
      offset: line < 0 ? offset : line,
      message:
        "A line that begins with % is for programs that read YAML, and none is needed here: leave it out.",
    };
  }
  return general();
}

function unexpected({ message, text, offset }: Found): string {
  const closing = /^[\]}]/u.exec(text.slice(offset))?.[0];
  if (closing !== undefined)
    return `This ${closing} closes nothing: leave it out, or write the ${closing === "]" ? "[" : "{"} where it begins.`;
  if (message.startsWith("Unexpected ,") || message.startsWith("Unexpected empty"))
    return "A value is missing before this comma, or there is a comma too many: leave it out.";
  if (message.includes("block-seq-ind"))
    return "A list can't begin behind its key: write each `- ` on a line of its own below, or all in brackets, as in `[a, b]`.";
  if (message.startsWith("Block scalar header"))
    return "Nothing may stand behind a | or > that begins a text of several lines: begin the text on the next line.";
  if (message.includes("at node end")) {
    const isLine = text.slice(lineStart(text, offset), offset).trim() === "";
    return isLine
      ? "What is above ends before this line: write as many spaces before both, or, if the file is in brackets, close them behind the last setting and begin comments with #."
      : "The value has ended before this: leave it out. If it belongs to the text, write the whole text in quotes; within them, write '' for ' or \\\" for \".";
  }
  return general();
}

function general(): string {
  return "This can't be read as YAML. Look here, and just before, for a colon, a comma, a quotation mark or a bracket that is missing or too much.";
}

/** Whether a line has a colon right before a word, as in `port:80`. */
function isColonWithoutSpace(text: string, offset: number): boolean {
  const [line = ""] = text.slice(offset).split("\n");
  return /^[\w-]+:[^\s:/]/u.test(line) && !/:\s/u.test(line);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}
