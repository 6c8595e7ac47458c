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
import type { RequestReader } from "../request-reader.js";

/** A block as it was read: a part that the model takes, or the name of what it doesn't take. */
export type ContentBlock = Part | UnsupportedBlock;

/** A block that the model doesn't take. Only its name is kept, so that it can be refused in its turn. */
export interface UnsupportedBlock {
  readonly type: "unsupported";
  /** The union's member that is set; undefined where none is that the API knows. */
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

/** Characters of an unknown member that are repeated to the caller: enough to recognize it. */
const MAX_MEMBER_LENGTH = 200;

/**
 * Reads a `ContentBlock`. Of a block that the model doesn't take, only the name is read: an image is neither decoded nor
 * checked for a text model.
 *
 * @param path - where the block stands, as violations name it
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
  if (member === "toolUse" && tools) return readToolUse(reader, block, `${path}.toolUse`);
  if (member === "toolResult" && tools) {
    return readToolResult(reader, block, `${path}.toolResult`, { images });
  }
  return { type: "unsupported", member };
}

/** Reads a `SystemContentBlock`, of which models take text only. */
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
  const source = reader.object(image, "source") ?? {};
  const bytes = reader.string(source, "bytes");
  // the other source is a place in S3
  if (bytes === undefined || format === undefined) return { type: "unsupported", member: "image" };
  return { type: "image", format, bytes: decodeBase64(bytes) };
}

function readToolUse(reader: RequestReader, block: JsonObject, path: string): ToolUsePart {
  const use = reader.object(block, "toolUse") ?? {};
  return {
    type: "toolUse",
    id: reader.requiredString(use, "toolUseId", `${path}.toolUseId`),
    name: reader.requiredString(use, "name", `${path}.name`),
    input: reader.required(use, "input", `${path}.input`),
  };
}

/** A result that holds something the model doesn't take is named after that. */
function readToolResult(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  capabilities: Pick<PartCapabilities, "images">,
): ToolResultPart | UnsupportedBlock {
  const result = reader.object(block, "toolResult") ?? {};
  const toolUseId = reader.requiredString(result, "toolUseId", `${path}.toolUseId`);
  const status = reader.choice(result, "status", `${path}.status`, TOOL_RESULT_STATUSES);
  reader.required(result, "content", `${path}.content`);
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
