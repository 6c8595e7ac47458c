import { BedrockException, serializationError, validationErrors } from "./errors/index.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "./parse-json.js";

/** The most constraint violations reported: a 25 MB body could hold millions, and the first few are enough. */
const MAX_VIOLATIONS = 20;

/** The most characters of a value quoted in a message: enough to recognize it. */
const MAX_SHOWN_LENGTH = 200;

/**
 * Reads a request body as Coral does, the framework behind AWS's services. Unknown members and nulls are ignored. A value of the
 * wrong type throws a `SerializationException` at once. Violations of the API model's constraints are collected, and
 * {@link RequestReader.finish} reports them together.
 *
 * The words for violations are quoted by users. The words for wrong types are those of DynamoDB, which is built on the same
 * framework, so for Bedrock they are inferred.
 */
export class RequestReader {
  readonly #violations: string[] = [];

  /** An empty body is an empty object. @throws {BedrockException} `SerializationException`: the body isn't a JSON object. */
  parse(body: Uint8Array): JsonObject {
    if (body.length === 0) return {};
    let value: JsonValue;
    try {
      value = parseJson(body);
    } catch {
      throw serializationError();
    }
    return this.object({ value }, "value") ?? {};
  }

  object(parent: JsonObject, key: string): JsonObject | undefined {
    return objectMember(parent, key, "Structure");
  }

  list(parent: JsonObject, key: string): readonly JsonValue[] | undefined {
    const value = member(parent, key);
    if (value === undefined || isList(value)) return value;
    throw serializationError(isJsonObject(value) ? STRUCTURE_NOT_EXPECTED : cannotBe(value, "List"));
  }

  /** The members of a list of structures. */
  objects(parent: JsonObject, key: string): readonly JsonObject[] | undefined {
    return this.list(parent, key)?.map((value) => this.object({ value }, "value") ?? {});
  }

  /** A map from texts to values. */
  map(parent: JsonObject, key: string): JsonObject | undefined {
    return objectMember(parent, key, "Map");
  }

  string(parent: JsonObject, key: string): string | undefined {
    const value = member(parent, key);
    if (value === undefined || typeof value === "string") return value;
    throw wrongScalar(value, "String");
  }

  boolean(parent: JsonObject, key: string): boolean | undefined {
    const value = member(parent, key);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrongScalar(value, "Boolean");
  }

  /**
   * Checks a text's constraints. The order of the violations is quoted for `max` and `pattern`.
   *
   * @param path - as the violations name it
   * @param sensitive - whether the violations leave the value out
   */
  checkText(path: string, text: string | undefined, constraints: TextConstraints, sensitive = false): void {
    if (text === undefined) return;
    const { min = 0, max = Infinity, pattern, values } = constraints;
    const value = sensitive ? undefined : text;
    if (text.length > max) this.violate(path, value, `have length less than or equal to ${max}`);
    if (text.length < min) this.violate(path, value, `have length greater than or equal to ${min}`);
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(text)) {
      this.violate(path, value, `satisfy regular expression pattern: ${pattern}`);
    }
    if (values !== undefined && !values.includes(text)) {
      this.violate(path, value, `satisfy enum value set: [${values.join(", ")}]`);
    }
  }

  /** One of an enumeration's values; any other text is a violation. @param path - as the violation names it */
  choice<T extends string>(
    parent: JsonObject,
    key: string,
    path: string,
    values: readonly T[],
  ): T | undefined {
    const text = this.string(parent, key);
    const found = values.find((value) => value === text);
    if (text !== undefined && found === undefined) {
      this.violate(path, text, `satisfy enum value set: [${values.join(", ")}]`);
    }
    return found;
  }

  /** A required member, or null, which is a violation. @param path - as the violation names it */
  required(parent: JsonObject, key: string, path: string): JsonValue {
    const value = member(parent, key) ?? null;
    if (value === null) this.violate(path, null, "not be null");
    return value;
  }

  /** A text with constraints. @param path - as the violations name it */
  text(parent: JsonObject, key: string, path: string, constraints: TextConstraints): string | undefined {
    const text = this.string(parent, key);
    this.checkText(path, text, constraints);
    return text;
  }

  /** A required text. Its absence is a violation, and returns "". @param path - as the violations name it */
  requiredString(parent: JsonObject, key: string, path: string, constraints: TextConstraints = {}): string {
    this.required(parent, key, path);
    return this.text(parent, key, path, constraints) ?? "";
  }

  /** @param path - as the violation names it */
  number(
    parent: JsonObject,
    key: string,
    path: string,
    { min, max, integer }: NumberConstraints,
  ): number | undefined {
    const value = member(parent, key);
    if (value === undefined) return undefined;
    if (typeof value !== "number") throw wrongScalar(value, integer ? "Integer" : "Float");
    const number = integer ? Math.trunc(value) : value;
    if (min !== undefined && number < min)
      this.violate(path, number, `have value greater than or equal to ${min}`);
    if (max !== undefined && number > max)
      this.violate(path, number, `have value less than or equal to ${max}`);
    return number;
  }

  /**
   * Records a violation.
   *
   * @param value - undefined for a sensitive value, which the message leaves out
   * @param must - what follows "Member must" in the message
   */
  violate(path: string, value: string | number | null | undefined, must: string): void {
    this.violateConstraint(path, value, `Member must ${must}`);
  }

  /** Records a violation of another form than "Member must …". */
  violateConstraint(path: string, value: string | number | null | undefined, constraint: string): void {
    if (this.#violations.length >= MAX_VIOLATIONS) return;
    const seen = CONTENT_BLOCK.test(path) ? "" : shown(value);
    this.#violations.push(`Value ${seen}at '${path}' failed to satisfy constraint: ${constraint}`);
  }

  /** Reports the violations, if any. @throws {BedrockException} `ValidationException` */
  finish(): void {
    if (this.#violations.length > 0) throw validationErrors(this.#violations);
  }
}

/** What is in a message's content is sensitive: not even a null is shown (quoted by users, of several members). */
const CONTENT_BLOCK = /messages\.\d+\.member\.content\.\d+\.member\./u;

/** Constraints of a text (API model). */
export interface TextConstraints {
  /** In characters. */
  readonly min?: number;
  /** In characters. */
  readonly max?: number;
  /** A regular expression that the whole text has to match. */
  readonly pattern?: string;
  /** The values of an enumeration. */
  readonly values?: readonly string[];
}

export interface NumberConstraints {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** A value as a violation quotes it, with the space behind it; nothing for a sensitive one. */
function shown(value: string | number | null | undefined): string {
  if (value === undefined) return "";
  return value === null ? "null " : `'${String(value).slice(0, MAX_SHOWN_LENGTH)}' `;
}

function objectMember(parent: JsonObject, key: string, type: "Structure" | "Map"): JsonObject | undefined {
  const value = member(parent, key);
  if (value === undefined || isJsonObject(value)) return value;
  throw serializationError(isList(value) ? "Unexpected field type" : cannotBe(value, type));
}

/** Whether a value is an object whose values are all texts. */
export function isTextMap(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.values(value).every((item) => typeof item === "string");
}

/** `Array.isArray`, whose type doesn't allow for readonly arrays. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A member's value. Undefined if it is absent or null: Coral makes no difference. */
function member(parent: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(parent, key) ? (parent[key] ?? undefined) : undefined;
}

const STRUCTURE_NOT_EXPECTED = "Start of structure or map found where not expected.";

function wrongScalar(value: JsonValue, type: string): BedrockException {
  if (Array.isArray(value)) return serializationError("Unexpected field type");
  return serializationError(isJsonObject(value) ? STRUCTURE_NOT_EXPECTED : cannotBe(value, type));
}

function cannotBe(value: JsonValue, type: string): string {
  const token =
    typeof value === "string"
      ? "STRING"
      : typeof value === "number"
        ? "NUMBER"
        : JSON.stringify(value).toUpperCase();
  return `${token}_VALUE can not be converted to ${type}`;
}
