import type { JsonObject, JsonValue } from "./parse-json.js";
import type { RequestReader, TextConstraints } from "./request-reader.js";

/**
 * The shape of a member, as the API model has it: its type and its constraints. It serves for members that Cria checks but doesn't
 * use, so that the caller hears of a wrong type or a violated constraint as from Bedrock.
 */
export type Shape = Scalar | Structure | List | TextMap;

type Scalar = TextShape | { readonly type: "boolean" | "document" } | IntegerShape;

/** A text, or bytes in base64. */
interface TextShape extends TextConstraints, Sensitive {
  readonly type: "string" | "blob";
}

interface IntegerShape {
  readonly type: "integer";
  readonly min?: number;
}

/** A structure or a union. How many members of a union are set isn't checked here. */
interface Structure extends Sensitive {
  readonly type: "structure" | "union";
  readonly members: Readonly<Record<string, Shape>>;
  /** The members that mustn't be null. */
  readonly required?: readonly string[];
}

interface List {
  readonly type: "list";
  readonly of: Shape;
}

/** A map from texts to values of one shape. */
interface TextMap extends Sensitive {
  readonly type: "map";
  readonly of: Structure;
}

interface Sensitive {
  /** Whether values in it are left out of messages. */
  readonly sensitive?: true;
}

/** A text without constraints. */
export const TEXT = { type: "string" } as const satisfies Shape;

/**
 * Checks a member's value against its shape. Violations of constraints are collected by the reader.
 *
 * @param path - the member's path, as violations name it
 * @throws {BedrockException} `SerializationException`: a value has the wrong type.
 */
export function checkShape(
  reader: RequestReader,
  parent: JsonObject,
  key: string,
  shape: Shape,
  path: string,
): void {
  check(reader, parent, key, shape, path, false);
}

function check(
  reader: RequestReader,
  parent: JsonObject,
  key: string,
  shape: Shape,
  path: string,
  within: boolean,
): void {
  const sensitive = within || "sensitive" in shape;
  switch (shape.type) {
    case "string":
    case "blob":
      reader.checkText(path, reader.string(parent, key), shape, sensitive);
      return;
    case "boolean":
      reader.boolean(parent, key);
      return;
    case "integer":
      reader.number(parent, key, path, { integer: true, ...(shape.min !== undefined && { min: shape.min }) });
      return;
    case "structure":
    case "union":
      checkMembers(reader, reader.object(parent, key), shape, path, sensitive);
      return;
    case "list":
      for (const [i, value] of (reader.list(parent, key) ?? []).entries()) {
        check(reader, asMember(value), "value", shape.of, `${path}.${i + 1}.member`, sensitive);
      }
      return;
    case "map":
      for (const [name, value] of Object.entries(reader.map(parent, key) ?? {})) {
        check(reader, asMember(value), "value", shape.of, `${path}.${name}.member`, sensitive);
      }
      return;
    case "document":
  }
}

function checkMembers(
  reader: RequestReader,
  object: JsonObject | undefined,
  { members, required = [] }: Structure,
  path: string,
  sensitive: boolean,
): void {
  if (object === undefined) return;
  for (const [name, shape] of Object.entries(members)) {
    if (required.includes(name)) reader.required(object, name, `${path}.${name}`);
    check(reader, object, name, shape, `${path}.${name}`, sensitive);
  }
}

/** A list's or map's value as a member, which the reader takes. */
function asMember(value: JsonValue): JsonObject {
  return { value };
}
