import { Ajv, type DefinedError, type ValidateFunction } from "ajv";

import { pointerTo, stepsOf } from "./parse-yaml.js";
import { configSchema, type JsonSchema } from "./schema/index.js";
import { isSecretKey } from "./secrets.js";
import { closest } from "./suggest.js";
import { whereTo } from "./home-of.js";
import { allOf, expected, kindOf, meant, oneOf, written } from "./words.js";

/** A problem, and which setting has it. */
export interface SettingProblem {
  /** A JSON pointer. */
  readonly pointer: string;
  /** Whether the key is wrong, or the value. */
  readonly part: "key" | "value";
  readonly message: string;
}

let compiled: ValidateFunction | undefined;

/** Checks a value against the schema. @returns every problem */
export function checkSchema(value: unknown): readonly SettingProblem[] {
  compiled ??= new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(configSchema);
  const validate = compiled;
  if (validate(value)) return [];
  // all keywords of the schema are the library's own
  return ((validate.errors ?? []) as DefinedError[]).flatMap((error) => problemOf(error) ?? []);
}

function problemOf(error: DefinedError): SettingProblem | undefined {
  const { instancePath: pointer, data } = error;
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const key = keyOf(pointer);
  // an alias without its anchor; it has been told
  if (data === undefined) return undefined;
  const value = (message: string): SettingProblem => ({ pointer, part: "value", message });
  switch (error.keyword) {
    // told by the keywords within
    case "if":
      return undefined;
    case "additionalProperties": {
      const unknown = error.params.additionalProperty;
      return {
        pointer: pointerTo(pointer, unknown),
        part: "key",
        message: unknownKey(unknown, pointer, Object.keys(schema.properties ?? {}), memberOf(data, unknown)),
      };
    }
    case "required":
      // what `oneOf` of a model says
      if (error.schemaPath.includes("/oneOf/")) return undefined;
      return value(missing(error.params.missingProperty, key, schema));
    case "oneOf":
      // told by its type
      if (typeof data !== "object" || data === null) return undefined;
      return value(
        error.params.passingSchemas === null
          ? `\`${key}\` says of no server where its requests go: write \`upstream:\` and below it \`url: https://vllm.internal/v1\`.`
          : `\`${key}\` has \`upstream\` and \`upstreams\`: keep one of the two.`,
      );
    case "enum":
      return value(notOneOf(key, data, schema));
    case "minItems":
      return value(`\`${key}\` is an empty list: leave it out, or name at least one.`);
    case "maxItems":
      return value(
        `\`${key}\` has more than ${error.params.limit} elements, and each is tried in turn: leave some out.`,
      );
    case "minLength":
      return value(
        `\`${key}\` is empty: it must be ${expected(schema)}.${example(key, schema, inList(pointer))}`,
      );
    default:
      // told by its length
      if (error.keyword === "pattern" && data === "") return undefined;
      return value(wrong(key, data, schema, inList(pointer)));
  }
}

/** What messages call a setting: its key, or that of its list. */
function keyOf(pointer: string): string {
  return stepsOf(pointer).findLast((step) => !/^[0-9]+$/u.test(step)) ?? "";
}

function memberOf(data: unknown, key: string): unknown {
  return typeof data === "object" && data !== null
    ? (data as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function unknownKey(unknown: string, pointer: string, known: readonly string[], value: unknown): string {
  if (unknown === "<<")
    return "Merge keys (<<) aren't known here: write the settings out, or repeat a whole value by its alias.";
  if (isSecretKey(unknown) && known.includes("keyEnv"))
    return `A secret never stands in this file: write \`keyEnv: VARIABLE\`, with the key in that environment variable, or \`keyFile: FILE\`.`;
  const where = pointer === "" ? "here" : `in \`${keyOf(pointer)}\``;
  if (known.includes("bedrock"))
    return `\`${unknown}\` doesn't go with \`bedrock\`. There are ${allOf(known)}.`;
  const home = whereTo(unknown, value, stepsOf(pointer));
  if (home !== undefined) return `There is no \`${unknown}\` ${where}. ${home}.`;
  const guess = closest(unknown, known);
  if (guess !== undefined) return `There is no \`${unknown}\` ${where}. Did you mean \`${guess}\`?`;
  if (pointer === "") return `There is no \`${unknown}\` here. docs/configuration.md has every setting.`;
  return `There is no \`${unknown}\` ${where}. There ${known.length === 1 ? "is" : "are"} ${allOf(known)}.`;
}

function missing(name: string, key: string, { properties = {} }: JsonSchema): string {
  const { examples: [first] = [] } = properties[name] ?? {};
  const or = name === "url" ? ", or `bedrock: REGION` for Amazon Bedrock itself" : "";
  return `\`${name}\` is missing in \`${key}\`: write, for example, ${written(name, first ?? "…")}${or}.`;
}

function notOneOf(key: string, data: unknown, { enum: words = [] }: JsonSchema): string {
  const choices = words.map(String);
  if (typeof data !== "string") return `\`${key}\` must be ${oneOf(choices)}, and it is ${kindOf(data)}.`;
  const guess = closest(data, choices);
  const hint = guess === undefined ? "" : ` Did you mean ${written(key, guess)}?`;
  return `\`${key}\` must be ${oneOf(choices)}.${hint}`;
}

/** A value of another type, out of its range, or in another form. */
function wrong(key: string, data: unknown, schema: JsonSchema, isListed: boolean): string {
  if (key === "") return `The file must hold settings such as \`listen:\`, and it is ${kindOf(data)}.`;
  const better = meant(data, key, schema);
  const write =
    better === undefined
      ? example(key, schema, isListed)
      : ` Write ${written(key, isListed ? [better] : better)}.`;
  const is =
    typeof data === "string" && [schema.type].flat().includes("string") ? "" : `, and it is ${kindOf(data)}`;
  return `\`${key}\` must be ${expected(schema)}${is}.${write}`;
}

function example(
  key: string,
  { examples: [first] = [], default: usual }: JsonSchema,
  isListed = false,
): string {
  const value = first ?? usual;
  return value === undefined ? "" : ` Write, for example, ${written(key, isListed ? [value] : value)}.`;
}

/** Whether a setting is an element of a list. */
function inList(pointer: string): boolean {
  return /\/[0-9]+$/u.test(pointer);
}
