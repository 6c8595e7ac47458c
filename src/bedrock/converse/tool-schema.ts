import { isJsonObject, type JsonObject, type JsonValue } from "../parse-json.js";
import { schemaInvalid } from "./exceptions.js";

/** The names of a JSON value's type in Bedrock's validator. */
type Kind = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";

const KINDS: readonly Kind[] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** The keywords whose value is a schema, an object of schemas, or an array of schemas. */
const SCHEMAS: readonly string[] = ["additionalProperties", "contains", "else", "if", "items", "not", "then"];
const SCHEMA_MAPS: readonly string[] = ["$defs", "definitions", "patternProperties", "properties"];
const SCHEMA_LISTS: readonly string[] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/** The other keywords of JSON Schema whose value has one type. */
const KEYWORD_KINDS: Readonly<Record<string, Kind>> = {
  $comment: "string",
  $id: "string",
  $ref: "string",
  $schema: "string",
  deprecated: "boolean",
  description: "string",
  enum: "array",
  exclusiveMaximum: "number",
  exclusiveMinimum: "number",
  format: "string",
  maxItems: "integer",
  maxLength: "integer",
  maxProperties: "integer",
  maximum: "number",
  minItems: "integer",
  minLength: "integer",
  minProperties: "integer",
  minimum: "number",
  multipleOf: "number",
  pattern: "string",
  required: "array",
  title: "string",
  uniqueItems: "boolean",
};

/** The most errors reported: a body could hold thousands, and the first few are enough. */
const MAX_ERRORS = 20;

/** The most schemas inside each other that are looked at: more than any tool has, and far less than the stack holds. */
const MAX_DEPTH = 100;

/** The most characters of a name in an error's path: each error repeats the path, and a body of 25 MB may be one name. */
const MAX_NAME_LENGTH = 200;

/**
 * Refuses a tool's schema if the value of a keyword has the wrong type, in the words of the Java library networknt
 * json-schema-validator. The message and two of its errors are quoted by users: that of a wrong type (`$.properties: null found,
 * object expected`) and that of an unknown `type`. Which further errors Bedrock finds is unknown: all else is accepted.
 *
 * @param at - the schema's place, as Bedrock's messages name it
 * @throws {BedrockException} `ValidationException`
 */
export function checkSchema(schema: JsonObject, at: string): void {
  const errors: string[] = [];
  visit(schema, "$", 0, errors);
  if (errors.length > 0) throw schemaInvalid(at, errors);
}

function visit(schema: JsonValue, path: string, depth: number, errors: string[]): void {
  if (errors.length >= MAX_ERRORS || depth > MAX_DEPTH || typeof schema === "boolean") return;
  if (!isJsonObject(schema)) {
    // the library names both types in the order in which its own schema has them
    errors.push(`${path}: ${kindOf(schema)} found, [object, boolean] expected`);
    return;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (errors.length >= MAX_ERRORS) return;
    const at = `${path}.${keyword}`;
    const kind = kindOfKeyword(keyword);
    if (kind !== undefined && !isOfKind(value, kind)) {
      errors.push(`${at}: ${kindOf(value)} found, ${kind} expected`);
    } else if (keyword === "type") checkType(value, at, errors);
    else if (SCHEMA_MAPS.includes(keyword)) {
      for (const [name, inner] of Object.entries(value as JsonObject))
        visit(inner, `${at}.${name.slice(0, MAX_NAME_LENGTH)}`, depth + 1, errors);
    } else if (SCHEMA_LISTS.includes(keyword) || (keyword === "items" && Array.isArray(value))) {
      for (const [i, inner] of (value as readonly JsonValue[]).entries())
        visit(inner, `${at}[${i}]`, depth + 1, errors);
    } else if (SCHEMAS.includes(keyword)) visit(value, at, depth + 1, errors);
  }
}

/** The type that a keyword's value must have; undefined if it may have several, or the keyword isn't known. */
function kindOfKeyword(keyword: string): Kind | undefined {
  if (SCHEMA_MAPS.includes(keyword)) return "object";
  if (SCHEMA_LISTS.includes(keyword)) return "array";
  return Object.hasOwn(KEYWORD_KINDS, keyword) ? KEYWORD_KINDS[keyword] : undefined;
}

/** A type is one of the names, or a list of them. */
function checkType(value: JsonValue, at: string, errors: string[]): void {
  const isName = (name: JsonValue) => KINDS.some((kind) => kind === name);
  if (Array.isArray(value) ? value.every(isName) : isName(value)) return;
  errors.push(`${at}: does not have a value in the enumeration [${KINDS.join(", ")}]`);
  if (!Array.isArray(value)) errors.push(`${at}: ${kindOf(value)} found, array expected`);
}

function isOfKind(value: JsonValue, kind: Kind): boolean {
  const found = kindOf(value);
  return found === kind || (kind === "number" && found === "integer");
}

function kindOf(value: JsonValue): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "boolean" : "object";
}
