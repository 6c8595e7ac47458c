import { checkShape } from "../api-shape.js";
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
import { REFUSED_BLOCKS } from "./block-shapes.js";
import { fieldUnsupported, reasoningUnsupported, unionMisused } from "./exceptions.js";
import { readDocument, readImage } from "./media/index.js";
import { TOOL_NAME } from "./tool-config.js";
import { onlyMember, setMembers, type Union } from "./union.js";
import { type UnsupportedBlock, unsupportedBlock } from "./unsupported-block.js";

/** A block as it was read: a part that the model takes, or the name of one that it doesn't take. */
export type ContentBlock = Part | UnsupportedBlock;

/** The blocks of a message. */
const CONTENT_BLOCK = {
  shape: "ContentBlock",
  members: [
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
    "toolAddition",
    "toolRemoval",
  ],
} as const satisfies Union<string>;

/** The blocks of a tool's result. */
const TOOL_RESULT_BLOCK = {
  shape: "ToolResultContentBlock",
  members: ["json", "text", "image", "document", "video", "searchResult"],
} as const satisfies Union<string>;

/** The blocks of the system text. */
const SYSTEM_BLOCK = {
  shape: "SystemContentBlock",
  members: ["text", "guardContent", "cachePoint"],
} as const satisfies Union<string>;

/** The id of a tool's call (API model, `ToolUseId`). */
const TOOL_USE_ID: TextConstraints = { min: 1, max: 64, pattern: "[a-zA-Z0-9_.:-]+" };

/** API model, `ToolUseType`. */
const TOOL_USE_TYPES = ["server_tool_use"] as const;

/**
 * Reads a `ContentBlock`. Of a block that no Llama model takes, the values are checked. Of one that this model doesn't take, only
 * the name is read: for a text model, an image is neither decoded nor validated.
 *
 * @param path - the block's path, as violations name it
 */
export function readContentBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
  { images, documents, tools }: PartCapabilities,
): ContentBlock {
  const member = memberOf(reader, block, CONTENT_BLOCK, path);
  if (typeof member !== "string") return member;
  if (member === "text") return readText(reader, block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "document" && documents) return readDocument(reader, block, `${path}.document`);
  if (member === "toolUse") {
    const use = readToolUse(reader, block, `${path}.toolUse`);
    return tools ? use : unsupportedBlock(member);
  }
  if (member === "toolResult") {
    const result = readToolResult(reader, block, `${path}.toolResult`, { images, documents });
    return tools ? result : unsupportedBlock(member);
  }
  if (member === "reasoningContent") return reasoning(block);
  return unsupportedBlock(member);
}

/** Reads a `SystemContentBlock`. Llama models take text only. @param path - the block's path, as violations name it */
export function readSystemBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
): TextPart | UnsupportedBlock {
  const member = memberOf(reader, block, SYSTEM_BLOCK, path);
  if (typeof member !== "string") return member;
  return member === "text" ? readText(reader, block) : unsupportedBlock(member);
}

/** The member of a union that is set. The values of those that no Llama model takes are checked here. */
function memberOf<T extends string>(
  reader: RequestReader,
  block: JsonObject,
  union: Union<T>,
  path: string,
): T | UnsupportedBlock {
  const set = setMembers(block, union);
  for (const name of set) {
    const refused = REFUSED_BLOCKS[name];
    if (refused) checkShape(reader, block, name, refused, `${path}.${name}`);
  }
  const member = onlyMember(union, set);
  if (typeof member === "string") return member;
  return unsupportedBlock(undefined, (at) => unionMisused(member, at));
}

function reasoning({ reasoningContent }: JsonObject): UnsupportedBlock {
  const { reasoningText } = reasoningContent as JsonObject;
  const field = `reasoningContent.${reasoningText ? "reasoningText.text" : "redactedContent"}`;
  return unsupportedBlock("reasoningContent", (_at, role) => reasoningUnsupported(role, field));
}

function readText(reader: RequestReader, block: JsonObject): TextPart {
  return { type: "text", text: reader.string(block, "text") ?? "" };
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
  const member = memberOf(reader, block, TOOL_RESULT_BLOCK, path);
  if (typeof member !== "string") return member;
  if (member === "json") return { type: "json", value: reader.required(block, "json", `${path}.json`) };
  if (member === "text") return readText(reader, block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "document" && documents) return readDocument(reader, block, `${path}.document`);
  return unsupportedBlock(member);
}

/** A block of one of Amazon's own tools. */
function typeUnsupported(member: "toolUse" | "toolResult"): UnsupportedBlock {
  return unsupportedBlock(member, (at) => fieldUnsupported(`${at}.${member}.type`));
}

/** A block in a tool's result. @param index - its index in the result's content */
function inResult({ refuse, ...block }: UnsupportedBlock, index: number): UnsupportedBlock {
  if (!refuse) return block;
  return { ...block, refuse: (at, role) => refuse(`${at}.toolResult.content.${index}`, role) };
}
