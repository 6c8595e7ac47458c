import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  type YAMLMap,
} from "yaml";

import type { ConfigProblem } from "./errors.js";
import { formProblems } from "./yaml-words.js";

/** A configuration of a hundred models takes 40 KB. What is much longer is another file. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** The deepest setting has five levels. Deeper ones would only make error messages long. */
const MAX_DEPTH = 20;

/** A configuration of a hundred models has a thousand values. A few aliases of aliases make billions. */
const MAX_VALUES = 10_000;

/** Where a setting stands in the file. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The places of one setting: of its key, or of the element of a list, and of its value. */
interface Places {
  readonly key: number;
  readonly value: number;
}

/** A file as it was read: its values, and where each stands. */
export interface ParsedYaml {
  /** As JSON would hold it; undefined for an empty file. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /**
   * Where a setting stands, or else the closest one around it.
   *
   * @param pointer - a JSON pointer, such as `/listen/port`
   * @param part - @default "value"
   */
  readonly place: (pointer: string, part?: "key" | "value") => Place;
}

/** A JSON pointer with one more step (RFC 6901). */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The steps of a JSON pointer. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Reads YAML 1.2 (JSON is YAML). Every problem is told, not the first alone. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    // an empty file has no lines
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  };
  const problems: ConfigProblem[] = [];
  const report = (offset: number, message: string) => {
    const place = placeOf(offset);
    const isTold = problems.some(
      (each) => each.line === place.line && each.column === place.column && each.message === message,
    );
    if (!isTold) problems.push({ ...place, message });
  };
  // the library doesn't know the line ends of old Macs; each is one character as well
  const plain = text.replaceAll(/\r(?!\n)/gu, "\n");
  const tokens = [...new Parser(lines.addNewLine).parse(plain)];
  const deep = tooDeep(tokens);
  // the composer calls itself for each level
  const [document, second] =
    deep === undefined ? new Composer(OPTIONS).compose(tokens, true, text.length) : [];
  if (deep !== undefined)
    report(deep, `Settings are nested too deeply here: ${MAX_DEPTH} levels are enough.`);
  const errors = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  for (const { offset, message } of deep === undefined ? formProblems(errors, plain, tokens) : [])
    report(offset, message);
  if (second)
    report(second.range[0], "A second document begins here: leave it out, with the `---` before it.");
  const reader = new ValueReader(report);
  // the values of a file that isn't YAML would only lead to errors that follow from others
  const value = problems.length === 0 ? reader.read(document?.contents, "", 0) : undefined;
  return {
    // neither is one that wasn't read as a whole
    value: reader.isRefused ? undefined : value,
    problems,
    place: (pointer, part = "value") => placeOf(reader.offset(pointer, part)),
  };
}

/** The library's own check of a map's keys compares each with all others. */
const OPTIONS = { uniqueKeys: false, logLevel: "silent" } as const;

/** Where something is nested too deeply, in characters from the beginning; undefined if nothing is. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const below: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = below.pop(); next; next = below.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    const add = (child: CST.Token | null | undefined) => {
      if (child) below.push({ token: child, depth: depth + 1 });
    };
    if (token.type === "document") add(token.value);
    if (!("items" in token)) continue;
    for (const { key, value } of token.items) {
      add(key);
      add(value);
    }
  }
  return undefined;
}

/** Makes plain values of a document's nodes, and notes where each stands. */
class ValueReader {
  readonly #report: (offset: number, message: string) => void;
  readonly #places = new Map<string, Places>();
  readonly #anchors = new Map<string, Node>();
  #values = 0;
  /** Whether there is too much to read. */
  isRefused = false;

  constructor(report: (offset: number, message: string) => void) {
    this.#report = report;
  }

  /** Where a setting stands, or else the closest one around it; in characters from the beginning. */
  offset(pointer: string, part: "key" | "value"): number {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
      const places = this.#places.get(at);
      if (places) return places[part];
      if (at === "") return 0;
    }
  }

  /** @param key - where the key of the setting stands, or the element of a list */
  read(node: unknown, pointer: string, key: number, depth = 0): unknown {
    if (!isNode(node)) {
      this.#places.set(pointer, { key, value: key });
      return null;
    }
    const value = node.range?.[0] ?? key;
    this.#places.set(pointer, { key: pointer.includes("/") ? key : value, value });
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) {
      this.#refuse(value);
      return undefined;
    }
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target) return this.read(target, pointer, key, depth + 1);
      this.#report(value, `There is no anchor &${node.source} before this alias.`);
      return undefined;
    }
    if ("anchor" in node && node.anchor) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#readMap(node, pointer, depth);
    if (isSeq(node)) {
      return node.items.map((item, i) => {
        const start = isNode(item) ? (item.range?.[0] ?? value) : value;
        return this.read(item, pointerTo(pointer, i), start, depth + 1);
      });
    }
    return isScalar(node) ? node.value : undefined;
  }

  #readMap({ items, range }: YAMLMap, pointer: string, depth: number): unknown {
    const value: Record<string, unknown> = {};
    for (const { key, value: node } of items) {
      const start = isNode(key) ? (key.range?.[0] ?? 0) : (range?.[0] ?? 0);
      if (!isScalar(key)) {
        this.#report(start, "A key must be a text.");
        continue;
      }
      const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
      const path = pointerTo(pointer, name);
      if (Object.hasOwn(value, name)) {
        this.#report(start, `\`${name}\` is here a second time: keep one of the two.`);
        continue;
      }
      // a key may be called __proto__
      Object.defineProperty(value, name, {
        value: this.read(node, path, start, depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return value;
  }

  /** Once for the whole file. */
  #refuse(offset: number): void {
    if (!this.isRefused) {
      this.#report(
        offset,
        `Here the file, with all that its aliases repeat, goes beyond ${MAX_VALUES} values or ${MAX_DEPTH} levels.`,
      );
    }
    this.isRefused = true;
    this.#values = Infinity;
  }
}
