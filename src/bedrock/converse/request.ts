import type { PartCapabilities, TextPart } from "../message.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";
import { type ContentBlock, readContentBlock, readSystemBlock } from "./content-block.js";
import { type InferenceConfig, readInferenceConfig } from "./inference-config.js";
import { readRequestSettings, type RequestSettings } from "./request-settings.js";
import { readToolConfig, type ToolConfig } from "./tool-config.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

/** One turn of a conversation, including the blocks that the model doesn't take. */
export interface ConverseMessage {
  readonly role: ConverseRole;
  readonly content: readonly ContentBlock[];
}

const ROLES = ["user", "assistant"] as const;
type ConverseRole = (typeof ROLES)[number];

/** The members that Converse, ConverseStream and CountTokens share. */
export interface Conversation {
  readonly messages: readonly ConverseMessage[];
  readonly system: readonly (TextPart | UnsupportedBlock)[];
  readonly toolConfig: ToolConfig | undefined;
  /** The parts that the model takes. */
  readonly capabilities: PartCapabilities;
  /** `additionalModelRequestFields`: keys of the model's native request; {} by default. */
  readonly additionalFields: JsonObject;
}

/** A request of Converse or ConverseStream. */
export interface ConverseRequest extends Conversation {
  readonly inferenceConfig: InferenceConfig;
  readonly settings: RequestSettings;
  /** JSON pointers into the model's native response. */
  readonly responseFieldPaths: readonly string[];
}

/** The most paths, and the most characters of each (API model). */
const MAX_RESPONSE_PATHS = 10;
const MAX_RESPONSE_PATH_LENGTH = 256;

/**
 * Reads the members of a request's body. Violations are collected by the reader.
 *
 * @param capabilities - the parts of messages that the model takes
 * @param streaming - whether the request is ConverseStream's
 */
export function readConverseRequest(
  reader: RequestReader,
  body: JsonObject,
  capabilities: PartCapabilities,
  streaming: boolean,
): ConverseRequest {
  return {
    ...readConversation(reader, body, capabilities, ""),
    inferenceConfig: readInferenceConfig(reader, body),
    settings: readRequestSettings(reader, body, streaming),
    responseFieldPaths: readResponseFieldPaths(reader, body),
  };
}

/** @param at - the path of the conversation in the body, as violations name it: "", or a path that ends with a dot */
export function readConversation(
  reader: RequestReader,
  body: JsonObject,
  capabilities: PartCapabilities,
  at: string,
): Conversation {
  const messages = (reader.objects(body, "messages") ?? []).map((message, i) => {
    const path = `${at}messages.${i + 1}.member`;
    reader.required(message, "role", `${path}.role`);
    // any other role is a violation, so its replacement is never used
    const role = reader.choice(message, "role", `${path}.role`, ROLES) ?? "user";
    reader.required(message, "content", `${path}.content`);
    const content = (reader.objects(message, "content") ?? []).map((block, j) =>
      readContentBlock(reader, block, `${path}.content.${j + 1}.member`, capabilities),
    );
    return { role, content };
  });
  return {
    messages,
    system: (reader.objects(body, "system") ?? []).map((block, i) =>
      readSystemBlock(reader, block, `${at}system.${i + 1}.member`),
    ),
    toolConfig: readToolConfig(reader, body, at),
    capabilities,
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
