import { decodeBase64 } from "../base64.js";
import {
  IMAGE_FORMATS,
  type ImagePart,
  type JsonPart,
  type Part,
  type PartCapabilities,
  type TextPart,
  TOOL_RESULT_STATUSES,
  type ToolResultContent,
  type ToolResultPart,
  type ToolUsePart,
} from "../message.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader, TextConstraints } from "../request-reader.js";
import { TOOL_NAME } from "./tool-config.js";

/** A block as it was read: a part that the model takes, or the name of one that it doesn't take. */
export type ContentBlock = Part | UnsupportedBlock;

/** A block that the model doesn't take. Only its name is kept, for the message that refuses it. */
export interface UnsupportedBlock {
  readonly type: "unsupported";
  /** The member of the union that is set; undefined if none of the API's is. */
  readonly member: string | undefined;
}

/** The members of the union `ContentBlock` (API model). */
export const CONTENT_BLOCKS = [
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "guardContent",
  "cachePoint",
  "reasoningContent",
  "citationsContent",
  "searchResult",
] as const;

/** The members of the union `ToolResultContentBlock` (API model). */
const TOOL_RESULT_BLOCKS = ["json", "text", "image", "document", "video", "searchResult"] as const;

/** The id of a tool's call (API model, `ToolUseId`). */
const TOOL_USE_ID: TextConstraints = { min: 1, max: 64, pattern: /^[a-zA-Z0-9_.:-]+$/u };

/** API model, `ToolUseType`. */
const TOOL_USE_TYPES = ["server_tool_use"] as const;

/** The most characters of an unknown member's name quoted in a message: enough to recognize it. */
const MAX_MEMBER_LENGTH = 200;

/**
 * Reads a `ContentBlock`. Only the name is read of a block that the model doesn't take: for a text model, an image is neither
 * decoded nor validated.
 *
 * @param path - the block's path, as violations name it
 */
export function readContentBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  { images, tools }: PartCapabilities,
): ContentBlock {
  const member = memberOf(block, CONTENT_BLOCKS);
  if (member === "text") return readText(block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "toolUse") {
    const use = readToolUse(reader, block, `${path}.toolUse`);
    return tools ? use : { type: "unsupported", member };
  }
  if (member === "toolResult") {
    const result = readToolResult(reader, block, `${path}.toolResult`, { images });
    return tools ? result : { type: "unsupported", member };
  }
  return { type: "unsupported", member };
}

/** Reads a `SystemContentBlock`. Llama models take text only. */
export function readSystemBlock(block: JsonObject): TextPart | UnsupportedBlock {
  const { text } = block;
  if (typeof text === "string") return { type: "text", text };
  return { type: "unsupported", member: Object.keys(block)[0]?.slice(0, MAX_MEMBER_LENGTH) };
}

function memberOf<T extends string>(block: JsonObject, members: readonly T[]): T | undefined {
  return members.find((name) => Object.hasOwn(block, name) && block[name] !== null);
}

function readText({ text }: JsonObject): TextPart | UnsupportedBlock {
  return typeof text === "string" ? { type: "text", text } : { type: "unsupported", member: "text" };
}

function readImage(reader: RequestReader, block: JsonObject, path: string): ImagePart | UnsupportedBlock {
  const image = reader.object(block, "image") ?? {};
  reader.required(image, "format", `${path}.format`);
  const format = reader.choice(image, "format", `${path}.format`, IMAGE_FORMATS);
  reader.required(image, "source", `${path}.source`);
  const source = reader.object(image, "source") ?? {};
  const bytes = reader.string(source, "bytes");
  // the other source, an S3 location, is not supported
  if (bytes === undefined || format === undefined) return { type: "unsupported", member: "image" };
  return { type: "image", format, bytes: decodeBase64(bytes) };
}

/** A call of one of Amazon's own tools is an unsupported block: Llama models have none. */
function readToolUse(reader: RequestReader, block: JsonObject, path: string): ToolUsePart | UnsupportedBlock {
  const use = reader.object(block, "toolUse") ?? {};
  const id = reader.requiredString(use, "toolUseId", `${path}.toolUseId`, TOOL_USE_ID);
  const name = reader.requiredString(use, "name", `${path}.name`, TOOL_NAME);
  const input = reader.required(use, "input", `${path}.input`);
  if (reader.choice(use, "type", `${path}.type`, TOOL_USE_TYPES)) {
    return { type: "unsupported", member: "toolUse.type" };
  }
  return { type: "toolUse", id, name, input };
}

/**
 * A result with a block that the model doesn't take is an unsupported block with the name of that block. So is the result of one of
 * Amazon's own tools, which has a `type`.
 */
function readToolResult(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  capabilities: Pick<PartCapabilities, "images">,
): ToolResultPart | UnsupportedBlock {
  const result = reader.object(block, "toolResult") ?? {};
  const toolUseId = reader.requiredString(result, "toolUseId", `${path}.toolUseId`, TOOL_USE_ID);
  const status = reader.choice(result, "status", `${path}.status`, TOOL_RESULT_STATUSES);
  reader.required(result, "content", `${path}.content`);
  if (reader.string(result, "type") !== undefined) return { type: "unsupported", member: "toolResult.type" };
  const content: ToolResultContent[] = [];
  for (const [i, item] of (reader.objects(result, "content") ?? []).entries()) {
    const read = readToolResultBlock(reader, item, `${path}.content.${i + 1}.member`, capabilities);
    if (read.type === "unsupported") return read;
    content.push(read);
  }
  return { type: "toolResult", toolUseId, ...(status && { status }), content };
}

function readToolResultBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  { images }: Pick<PartCapabilities, "images">,
): TextPart | ImagePart | JsonPart | UnsupportedBlock {
  const member = memberOf(block, TOOL_RESULT_BLOCKS);
  if (member === "json") return { type: "json", value: reader.required(block, "json", `${path}.json`) };
  if (member === "text") return readText(block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  return { type: "unsupported", member };
}
