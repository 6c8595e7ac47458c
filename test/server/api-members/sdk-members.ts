import {
  Converse$,
  ConverseStream$,
  CountTokens$,
  InvokeModel$,
  InvokeModelWithResponseStream$,
} from "@aws-sdk/client-bedrock-runtime";

/** The requests whose members this module lists. */
const REQUESTS = {
  InvokeModel: InvokeModel$[4],
  InvokeModelWithResponseStream: InvokeModelWithResponseStream$[4],
  Converse: Converse$[4],
  ConverseStream: ConverseStream$[4],
  CountTokens: CountTokens$[4],
};

export type OperationName = keyof typeof REQUESTS;

/** A member of a request, at any depth. */
export interface ApiMember {
  /** Such as `messages[].content[].text`; the values of a map are `{}`. */
  readonly path: string;
  readonly type:
    "structure" | "union" | "list" | "map" | "string" | "number" | "boolean" | "blob" | "document";
  /** Whether it has members of its own: those of a structure, or of a list's or map's values. */
  readonly hasMembers: boolean;
  /** The name of the header that it is sent in, or `path` for the id in the path; undefined for a member of the body. */
  readonly header: string | undefined;
}

/** The codes of the SDK's schemas: `@smithy/types`, whose constants the SDK doesn't export. */
const SIMPLE = { 0: "string", 1: "number", 2: "boolean", 15: "document", 21: "blob" } as const;
const LIST_OF = 64;
const MAP_OF = 128;
const KINDS = { 1: "list", 2: "map", 3: "structure", 4: "union" } as const;

/**
 * Every member of an operation's request, as the installed SDK's schema has them.
 *
 * @throws {Error} the schema has something that this module doesn't know: then it has to learn it.
 */
export function membersOf(operation: OperationName): ApiMember[] {
  return below("", resolve(REQUESTS[operation]).schema);
}

function below(path: string, schema: unknown): ApiMember[] {
  const [kind, , , , names, schemas] = schema as [number, string, string, unknown, string[], unknown[]];
  const type = KINDS[kind as keyof typeof KINDS];
  if (type === "list") return at(`${path}[]`, names);
  if (type === "map") return at(`${path}{}`, schemas);
  return names.flatMap((name, i) => at(path === "" ? name : `${path}.${name}`, schemas[i]));
}

function at(path: string, reference: unknown): ApiMember[] {
  const { schema, header } = resolve(reference);
  if (typeof schema === "number") return simple(path, schema, header);
  const [kind, , , , target] = schema as [number, string, string, unknown, unknown];
  // a named simple type
  if (kind === 0) return simple(path, target as number, header);
  const type = KINDS[kind as keyof typeof KINDS] as ApiMember["type"] | undefined;
  if (type === undefined) throw new Error(`The schema of ${path} has the unknown kind ${kind}.`);
  const members = below(path, schema);
  return [{ path, type, hasMembers: members.length > 0, header }, ...members];
}

function simple(path: string, code: number, header: string | undefined): ApiMember[] {
  const member = (type: ApiMember["type"], hasMembers = false) => ({ path, type, hasMembers, header });
  if (code >= MAP_OF) return [member("map", true), ...simple(`${path}{}`, code - MAP_OF, undefined)];
  if (code >= LIST_OF) return [member("list", true), ...simple(`${path}[]`, code - LIST_OF, undefined)];
  const type = SIMPLE[code as keyof typeof SIMPLE] as ApiMember["type"] | undefined;
  if (type === undefined) throw new Error(`The schema of ${path} has the unknown type ${code}.`);
  return [member(type)];
}

/** Follows a reference: a schema, a function that returns one, or a pair of either and its traits. */
function resolve(reference: unknown): { readonly schema: unknown; readonly header: string | undefined } {
  if (typeof reference === "function") return resolve((reference as () => unknown)());
  if (Array.isArray(reference) && reference.length === 2) {
    const [target, traits] = reference as [unknown, unknown];
    return { schema: resolve(target).schema, header: headerIn(traits) };
  }
  return { schema: reference, header: undefined };
}

/** Bit 0 of numeric traits says that the member is a label in the path. */
function headerIn(traits: unknown): string | undefined {
  if (typeof traits === "number") return (traits & 1) === 1 ? "path" : undefined;
  return (traits as { httpHeader?: string }).httpHeader;
}
