import type { RequestReader, JsonObject } from "../request-reader.js";
import { type InferenceConfig, readInferenceConfig } from "./inference-config.js";

/** One turn of a conversation, its content still as it came: which blocks a model takes is checked with the model known. */
export interface ConverseMessage {
  readonly role: string;
  readonly content: readonly JsonObject[];
}

/** What Converse, ConverseStream and CountTokens have in common. */
export interface Conversation {
  readonly messages: readonly ConverseMessage[];
  readonly system: readonly JsonObject[];
  /** Whether there is a `toolConfig`. */
  readonly tools: boolean;
  /** Native keys of the model's own; {} where there are none. */
  readonly additionalFields: JsonObject;
}

/** A request of Converse or ConverseStream. */
export interface ConverseRequest extends Conversation {
  readonly inferenceConfig: InferenceConfig;
  readonly guardrail: boolean;
  /** JSON pointers into the model's native response. */
  readonly responseFieldPaths: readonly string[];
}

const ROLES = ["user", "assistant"];

/** Paths asked for at most, and characters of each (API model). */
const MAX_RESPONSE_PATHS = 10;
const MAX_RESPONSE_PATH_LENGTH = 256;

/** Reads the members of a request's body; violations are left with the reader. */
export function readConverseRequest(reader: RequestReader, body: JsonObject): ConverseRequest {
  return {
    ...readConversation(reader, body, ""),
    inferenceConfig: readInferenceConfig(reader, body),
    guardrail: reader.object(body, "guardrailConfig") !== undefined,
    responseFieldPaths: readResponseFieldPaths(reader, body),
  };
}

/** @param at - where the conversation stands in the body, as violations name it: "" or a path that ends with a dot */
export function readConversation(reader: RequestReader, body: JsonObject, at: string): Conversation {
  const messages = (reader.objects(body, "messages") ?? []).map((message, i) => {
    const path = `${at}messages.${i + 1}.member`;
    const role = reader.string(message, "role");
    if (role === undefined) reader.violate(`${path}.role`, null, "not be null");
    else if (!ROLES.includes(role)) {
      reader.violate(`${path}.role`, role, `satisfy enum value set: [${ROLES.join(", ")}]`);
    }
    const content = reader.objects(message, "content");
    if (content === undefined) reader.violate(`${path}.content`, null, "not be null");
    return { role: role ?? "", content: content ?? [] };
  });
  return {
    messages,
    system: reader.objects(body, "system") ?? [],
    tools: reader.object(body, "toolConfig") !== undefined,
    additionalFields: reader.object(body, "additionalModelRequestFields") ?? {},
  };
}

function readResponseFieldPaths(reader: RequestReader, body: JsonObject): string[] {
  const key = "additionalModelResponseFieldPaths";
  const paths = (reader.list(body, key) ?? []).map((value) => reader.string({ value }, "value") ?? "");
  if (paths.length > MAX_RESPONSE_PATHS) {
    reader.violate(
      key,
      `[${paths.length} members]`,
      `have length less than or equal to ${MAX_RESPONSE_PATHS}`,
    );
  }
  for (const [i, path] of paths.entries()) {
    const where = `${key}.${i + 1}.member`;
    if (path.length === 0) reader.violate(where, path, "have length greater than or equal to 1");
    if (path.length > MAX_RESPONSE_PATH_LENGTH) {
      reader.violate(
        where,
        path.slice(0, MAX_RESPONSE_PATH_LENGTH),
        `have length less than or equal to ${MAX_RESPONSE_PATH_LENGTH}`,
      );
    }
  }
  return paths;
}
