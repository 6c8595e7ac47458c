import { checkShape } from "../api-shape.js";
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
import { REFUSED_BLOCKS } from "./block-shapes.js";

/** A block as it was read: a part that the model takes, or the name of one that it doesn't take. */
export type ContentBlock = Part | UnsupportedBlock;

/** A block that the model doesn't take. Only what the message that refuses it needs is kept. */
export interface UnsupportedBlock {
  readonly type: "unsupported";
  /** The member of the union that is set; undefined if none or several are. */
  readonly member: string | undefined;
  /** The union of which none or several members are set. */
  readonly misused?: MisusedUnion;
  /** Where it is below the block of the message: within a tool's result. */
  readonly below?: string;
  /** Of `reasoningContent`: the path of what is set within it. */
  readonly field?: string;
}

/** A union of which not exactly one member is set. Members that the API doesn't have don't count: Coral drops them. */
export interface MisusedUnion {
  readonly shape: string;
  readonly members: readonly string[];
  readonly set: "none" | "several";
}

/** A union of the API model. */
interface Union<T extends string> {
  readonly shape: string;
  readonly members: readonly T[];
}

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
  { images, tools }: PartCapabilities,
): ContentBlock {
  const member = memberOf(reader, block, CONTENT_BLOCK, path);
  if (typeof member !== "string") return member;
  if (member === "text") return readText(reader, block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  if (member === "toolUse" && tools) return readToolUse(reader, block, `${path}.toolUse`);
  if (member === "toolResult" && tools) {
    return readToolResult(reader, block, `${path}.toolResult`, { images });
  }
  return { type: "unsupported", member, ...(member === "reasoningContent" && reasoningField(block)) };
}

/** Reads a `SystemContentBlock`. Llama models take text only. @param path - the block's path, as violations name it */
export function readSystemBlock(
  reader: RequestReader,
  block: JsonObject,
  path: string,
): TextPart | UnsupportedBlock {
  const member = memberOf(reader, block, SYSTEM_BLOCK, path);
  if (typeof member !== "string") return member;
  return member === "text" ? readText(reader, block) : { type: "unsupported", member };
}

/** The member of a union that is set. The values of those that no Llama model takes are checked here. */
function memberOf<T extends string>(
  reader: RequestReader,
  block: JsonObject,
  { shape, members }: Union<T>,
  path: string,
): T | UnsupportedBlock {
  const set = members.filter((name) => Object.hasOwn(block, name) && block[name] !== null);
  for (const name of set) {
    const refused = REFUSED_BLOCKS[name];
    if (refused) checkShape(reader, block, name, refused, `${path}.${name}`);
  }
  const [member] = set;
  if (member !== undefined && set.length === 1) return member;
  const misused = { shape, members, set: set.length === 0 ? "none" : "several" } as const;
  return { type: "unsupported", member: undefined, misused };
}

function reasoningField({ reasoningContent }: JsonObject): Pick<UnsupportedBlock, "field"> {
  const { reasoningText } = reasoningContent as JsonObject;
  return { field: `reasoningContent.${reasoningText ? "reasoningText.text" : "redactedContent"}` };
}

function readText(reader: RequestReader, block: JsonObject): TextPart {
  return { type: "text", text: reader.string(block, "text") ?? "" };
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
  capabilities: Pick<PartCapabilities, "images">,
): ToolResultPart | UnsupportedBlock {
  const result = reader.object(block, "toolResult") ?? {};
  const toolUseId = reader.requiredString(result, "toolUseId", `${path}.toolUseId`);
  const status = reader.choice(result, "status", `${path}.status`, TOOL_RESULT_STATUSES);
  reader.required(result, "content", `${path}.content`);
  const content: ToolResultContent[] = [];
  for (const [i, item] of (reader.objects(result, "content") ?? []).entries()) {
    const read = readToolResultBlock(reader, item, `${path}.content.${i + 1}.member`, capabilities);
    if (read.type === "unsupported") return { ...read, below: `.toolResult.content.${i}` };
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
  const member = memberOf(reader, block, TOOL_RESULT_BLOCK, path);
  if (typeof member !== "string") return member;
  if (member === "json") return { type: "json", value: reader.required(block, "json", `${path}.json`) };
  if (member === "text") return readText(reader, block);
  if (member === "image" && images) return readImage(reader, block, `${path}.image`);
  return { type: "unsupported", member };
}
