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
import type { RequestReader } from "../request-reader.js";
import { readDocument } from "./document-block.js";
import { readImage } from "./image-block.js";
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
  if (member === "toolUse" && tools) return readToolUse(reader, block, `${path}.toolUse`);
  if (member === "toolResult" && tools) {
    return readToolResult(reader, block, `${path}.toolResult`, { images, documents });
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

function readToolUse(reader: RequestReader, block: JsonObject, path: string): ToolUsePart {
  const use = reader.object(block, "toolUse") ?? {};
  return {
    type: "toolUse",
    id: reader.requiredString(use, "toolUseId", `${path}.toolUseId`),
    name: reader.requiredString(use, "name", `${path}.name`),
    input: reader.required(use, "input", `${path}.input`),
  };
}

/** A result with a block that the model doesn't take is an unsupported block with the name of that block. */
function readToolResult(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  capabilities: Pick<PartCapabilities, "images" | "documents">,
): ToolResultPart | UnsupportedBlock {
  const result = reader.object(block, "toolResult") ?? {};
  const toolUseId = reader.requiredString(result, "toolUseId", `${path}.toolUseId`);
  const status = reader.choice(result, "status", `${path}.status`, TOOL_RESULT_STATUSES);
  reader.required(result, "content", `${path}.content`);
  const content: ToolResultContent[] = [];
  for (const [i, item] of (reader.objects(result, "content") ?? []).entries()) {
    const read = readToolResultBlock(reader, item, `${path}.content.${i + 1}.member`, capabilities);
    if (read.type === "unsupported") return inResult(read, i);
    content.push(read);
  }
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

/** A block in a tool's result. @param index - its index in the result's content */
function inResult({ refuse, ...block }: UnsupportedBlock, index: number): UnsupportedBlock {
  if (!refuse) return block;
  return { ...block, refuse: (at) => refuse(`${at}.toolResult.content.${index}`) };
}
