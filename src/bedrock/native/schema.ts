/**
 * A schema for JSON objects. Violations are reported in Bedrock's words and order, which are those of the Java library
 * everit-org/json-schema: required keys, extraneous keys, then each property.
 *
 * A JSON Schema library would not help: all of its messages and their order would have to be replaced, it collects errors without
 * a bound, and ajv compiles schemas with `new Function`, which takes 30 to 40 ms after 30 to 40 ms for loading.
 */
export interface ObjectSchema {
  readonly required: readonly string[];
  /** The permitted keys, in the order in which their violations are reported. */
  readonly properties: Readonly<Record<string, ValueSchema>>;
}

export type ValueSchema =
  | { readonly type: "String"; readonly minLength?: number }
  | { readonly type: "Number" | "Integer"; readonly minimum: number; readonly maximum: number }
  | { readonly type: "JSONArray"; readonly items: ValueSchema };

/** The most violations reported: a 25 MB body could hold millions, and the first few are enough. */
const MAX_VIOLATIONS = 20;

/** The most characters of an extraneous key quoted in a message: enough to recognize it. */
const MAX_KEY_LENGTH = 200;

/** @returns the violations, each with its JSON pointer, joined without a separator; "" if there are none */
export function findViolations(value: unknown, { required, properties }: ObjectSchema): string {
  if (typeName(value) !== "JSONObject") return wrongType("#", "JSONObject", value);
  const object = value as Readonly<Record<string, unknown>>;
  const found: string[] = [];
  for (const key of required) {
    if (!Object.hasOwn(object, key)) found.push(`#: required key [${key}] not found`);
  }
  for (const key in object) {
    if (found.length >= MAX_VIOLATIONS) break;
    if (!Object.hasOwn(properties, key)) {
      found.push(`#: extraneous key [${key.slice(0, MAX_KEY_LENGTH)}] is not permitted`);
    }
  }
  for (const [key, schema] of Object.entries(properties)) {
    if (Object.hasOwn(object, key)) checkValue(`#/${key}`, object[key], schema, found);
  }
  return found.slice(0, MAX_VIOLATIONS).join("");
}

function checkValue(pointer: string, value: unknown, schema: ValueSchema, found: string[]): void {
  if (found.length >= MAX_VIOLATIONS) return;
  const name = typeName(value);
  const fits = schema.type === "Number" ? name === "Integer" || name === "Double" : name === schema.type;
  if (!fits) {
    found.push(wrongType(pointer, schema.type, value));
  } else if (schema.type === "String") {
    const { length } = value as string;
    const { minLength = 0 } = schema;
    if (length < minLength) found.push(`${pointer}: expected minLength: ${minLength}, actual: ${length}`);
  } else if (schema.type === "JSONArray") {
    for (const [i, item] of (value as unknown[]).entries())
      checkValue(`${pointer}/${i}`, item, schema.items, found);
  } else {
    const number = value as number;
    if (number < schema.minimum)
      found.push(`${pointer}: ${number} is not greater or equal to ${schema.minimum}`);
    if (number > schema.maximum)
      found.push(`${pointer}: ${number} is not less or equal to ${schema.maximum}`);
  }
}

function wrongType(pointer: string, expected: string, value: unknown): string {
  return `${pointer}: expected type: ${expected}, found: ${typeName(value)}`;
}

/**
 * The name of a value's class in Bedrock's Java library. `String` and `Integer` are quoted by users, the others are taken from
 * the library. Unlike there, `8.0` is an integer here, as `JSON.parse` doesn't tell it from `8`.
 */
function typeName(value: unknown): string {
  if (value === null) return "Null";
  if (Array.isArray(value)) return "JSONArray";
  if (typeof value === "number") return Number.isInteger(value) ? "Integer" : "Double";
  if (typeof value === "string") return "String";
  return typeof value === "boolean" ? "Boolean" : "JSONObject";
}
