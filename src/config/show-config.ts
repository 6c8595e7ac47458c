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

function inForce(asked: JsonSchema, value: unknown, pointer: string, others: ShownConfig["others"]): unknown {
  const schema = schemaFor(asked, value);
  const own = others[pointer]?.value ?? value ?? schema.default;
  const child = (part: JsonSchema, key: string | number, each: unknown) =>
    inForce(part, each, pointerTo(pointer, key), others);
  if (Array.isArray(own)) return own.map((each: unknown, i) => child(schema.items ?? {}, i, each));
  if (own !== undefined && !isRecord(own)) return own;
  const { properties = {}, additionalProperties = {}, type, required = [] } = schema;
  // what isn't there has no settings, unless it is a group of those that all have a default
  if (own === undefined && (type !== "object" || required.length > 0 || asked !== schema)) return undefined;
  // a name that the file gives, such as a model's
  const named = Object.keys(own ?? {}).filter((key) => !Object.hasOwn(properties, key));
  const known = Object.keys(properties).filter((key) => isClosed(schema) || Object.hasOwn(own ?? {}, key));
  const entries = [...known, ...named].map((key) => {
    const part = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    return [key, child(part === undefined || part === false ? {} : part, key, own?.[key])] as const;
  });
  const filled = Object.fromEntries(entries.filter(([, found]) => found !== undefined));
  return Object.keys(filled).length > 0 ? filled : undefined;
}

/** Whether a group has settings of its own alone, unlike `models`, whose names are in the file. */
function isClosed({ properties, additionalProperties }: JsonSchema): boolean {
  return properties !== undefined && additionalProperties === false;
}

/** The schema that a reference means, and of one with a choice the part that holds for a value. */
function schemaFor(schema: JsonSchema, value: unknown): JsonSchema {
  if (schema.$ref !== undefined)
    return schemaFor(configSchema.definitions[schema.$ref.replace("#/definitions/", "")] ?? {}, value);
  if (schema.if === undefined || !isRecord(value)) return schema;
  const holds = (schema.if.required ?? []).every((key) => Object.hasOwn(value, key));
  return { type: schema.type ?? "object", ...(holds ? schema.then : schema.else) };
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
