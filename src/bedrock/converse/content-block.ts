import {
  type DocumentPart,
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
import { readDocument } from "./document-block.js";
import { fieldUnsupported } from "./exceptions.js";
import { readImage } from "./image-block.js";
import { TOOL_NAME } from "./tool-config.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

/** A block as it was read: a part that the model takes, or the name of one that it doesn't take. */
export type ContentBlock = Part | UnsupportedBlock;

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
  { images, documents, tools }: PartCapabilities,
): ContentBlock {
  const member = memberOf(block, CONTENT_BLOCKS);
  if (member === "text") return readText(block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "document" && documents) return readDocument(reader, block, `${path}.document`);
  if (member === "toolUse") {
    const use = readToolUse(reader, block, `${path}.toolUse`);
    return tools ? use : { type: "unsupported", member };
  }
  if (member === "toolResult") {
    const result = readToolResult(reader, block, `${path}.toolResult`, { images, documents });
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

/** A call of one of Amazon's own tools is an unsupported block: Llama models have none. */
function readToolUse(reader: RequestReader, block: JsonObject, path: string): ToolUsePart | UnsupportedBlock {
  const use = reader.object(block, "toolUse") ?? {};
  const id = reader.requiredString(use, "toolUseId", `${path}.toolUseId`, TOOL_USE_ID);
  const name = reader.requiredString(use, "name", `${path}.name`, TOOL_NAME);
  const input = reader.required(use, "input", `${path}.input`);
  if (reader.choice(use, "type", `${path}.type`, TOOL_USE_TYPES)) {
    return typeUnsupported("toolUse");
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
  capabilities: Pick<PartCapabilities, "images" | "documents">,
): ToolResultPart | UnsupportedBlock {
  const result = reader.object(block, "toolResult") ?? {};
  const toolUseId = reader.requiredString(result, "toolUseId", `${path}.toolUseId`, TOOL_USE_ID);
  const status = reader.choice(result, "status", `${path}.status`, TOOL_RESULT_STATUSES);
  reader.required(result, "content", `${path}.content`);
  const type = reader.string(result, "type");
  const content: ToolResultContent[] = [];
  let unsupported: UnsupportedBlock | undefined;
  for (const [i, item] of (reader.objects(result, "content") ?? []).entries()) {
    const read = readToolResultBlock(reader, item, `${path}.content.${i + 1}.member`, capabilities);
    if (read.type === "unsupported") unsupported ??= inResult(read, i);
    else content.push(read);
  }
  if (type !== undefined) return typeUnsupported("toolResult");
  if (unsupported) return unsupported;
  return { type: "toolResult", toolUseId, ...(status && { status }), content };
}

function readToolResultBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  { images, documents }: Pick<PartCapabilities, "images" | "documents">,
): TextPart | ImagePart | DocumentPart | JsonPart | UnsupportedBlock {
  const member = memberOf(block, TOOL_RESULT_BLOCKS);
  if (member === "json") return { type: "json", value: reader.required(block, "json", `${path}.json`) };
  if (member === "text") return readText(block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "document" && documents) return readDocument(reader, block, `${path}.document`);
  return { type: "unsupported", member };
}

/** A block of one of Amazon's own tools. */
function typeUnsupported(member: "toolUse" | "toolResult"): UnsupportedBlock {
  return { type: "unsupported", member, refuse: (at) => fieldUnsupported(`${at}.${member}.type`) };
}

/** A block in a tool's result. @param index - its index in the result's content */
function inResult({ refuse, ...block }: UnsupportedBlock, index: number): UnsupportedBlock {
  if (!refuse) return block;
  return { ...block, refuse: (at) => refuse(`${at}.toolResult.content.${index}`) };
}
