import { Document, isMap, isNode, isScalar, isSeq, type Scalar } from "yaml";

import { type Place, pointerTo } from "./parse-yaml.js";
import { configSchema, type JsonSchema } from "./schema/index.js";
import type { ConfigSettings } from "./settings.js";

/** A value that isn't in the file, and where it comes from. */
export interface OtherValue {
  readonly value: unknown;
  /** Such as `default`, or the name of an environment variable. */
  readonly from: string;
}

/** What {@link showConfig} needs. */
export interface ShownConfig {
  readonly settings: ConfigSettings;
  /** The file, as its user calls it. */
  readonly file: string;
  /** Where a setting of the file stands. */
  readonly place: (pointer: string) => Place;
  /** Values that aren't in the file, by JSON pointer; they come before the schema's defaults. */
  readonly others: Readonly<Record<string, OtherValue>>;
  /** What to say beside a setting of the file, if anything: whether a variable is set. */
  readonly note: (key: string, value: unknown) => string | undefined;
}

/** The settings in force: those of the file, and the defaults of the others. */
export function settingsInForce({ settings, others }: Pick<ShownConfig, "settings" | "others">): unknown {
  return inForce(configSchema, settings, "", others);
}

function inForce(
  schema: JsonSchema,
  value: unknown,
  pointer: string,
  others: ShownConfig["others"],
): unknown {
  const own = others[pointer]?.value ?? value ?? schema.default;
  if (!isSection(schema) || (own !== undefined && !isRecord(own))) return own;
  if (own === undefined && schema.type !== "object") return undefined;
  const entries = Object.entries(schema.properties ?? {}).map(([key, part]) => {
    const found = inForce(part, isRecord(own) ? own[key] : undefined, pointerTo(pointer, key), others);
    return [key, found] as const;
  });
  const filled = Object.fromEntries(entries.filter(([, found]) => found !== undefined));
  return Object.keys(filled).length > 0 ? filled : undefined;
}

/** A group of settings with names of their own, unlike `models`, whose names are in the file. */
function isSection({ properties, additionalProperties }: JsonSchema): boolean {
  return properties !== undefined && additionalProperties === false;
}

/** The settings in force as YAML, each with a comment that says where it comes from. Secrets aren't there: the file has none. */
export function showConfig(shown: ShownConfig): string {
  const document = new Document(settingsInForce(shown));
  comment(document.contents, "", "", shown);
  return document.toString({ lineWidth: 0 });
}

function comment(node: unknown, key: string, pointer: string, shown: ShownConfig): void {
  if (isMap<Scalar<string>>(node)) {
    for (const { key: name, value } of node.items)
      comment(value, name.value, pointerTo(pointer, name.value), shown);
  } else if (isSeq(node) && !node.items.every((item) => isScalar(item))) {
    for (const [i, item] of node.items.entries()) comment(item, key, pointerTo(pointer, i), shown);
  } else if (isNode(node)) {
    if (isSeq(node)) node.flow = true;
    node.comment = ` ${originOf(key, isScalar(node) ? node.value : undefined, pointer, shown)}`;
  }
}

function originOf(key: string, value: unknown, pointer: string, shown: ShownConfig): string {
  const other = shown.others[pointer];
  if (other) return other.from;
  if (!isThere(shown.settings, pointer)) return "default";
  const note = shown.note(key, value);
  return `${shown.file}:${shown.place(pointer).line}${note === undefined ? "" : `, ${note}`}`;
}

function isThere(settings: unknown, pointer: string): boolean {
  return valueAt(settings, pointer) !== undefined;
}

/** The value that a JSON pointer leads to; undefined if there is none. */
export function valueAt(settings: unknown, pointer: string): unknown {
  let value = settings;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
