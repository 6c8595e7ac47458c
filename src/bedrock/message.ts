import type { JsonValue } from "./parse-json.js";

/** Who speaks in a turn. */
export type Role = "system" | "user" | "assistant";

/** One turn of a conversation, whichever operation it came from. */
export interface Message {
  readonly role: Role;
  /** In the caller's order. */
  readonly parts: readonly Part[];
}

/** One piece of a turn's content. */
export type Part = TextPart | ImagePart | DocumentPart | ToolUsePart | ToolResultPart;

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

export interface ImagePart {
  readonly type: "image";
  readonly format: ImageFormat;
  /** The encoded image, not its pixels. */
  readonly bytes: Uint8Array;
}

/** The image formats that Converse names (API model, `ImageFormat`). */
export const IMAGE_FORMATS = ["png", "jpeg", "gif", "webp"] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export interface DocumentPart {
  readonly type: "document";
  /** As the caller names it. */
  readonly name: string;
  /** As the caller declares it. */
  readonly format?: DocumentFormat;
  /** The file. */
  readonly bytes: Uint8Array;
  /** What the file says; undefined until it has been read. */
  readonly text?: string;
}

/** The document formats that Converse names (API model, `DocumentFormat`). */
export const DOCUMENT_FORMATS = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** The model's call of a tool. */
export interface ToolUsePart {
  readonly type: "toolUse";
  readonly id: string;
  /** The tool's name. */
  readonly name: string;
  /** The tool's arguments. */
  readonly input: JsonValue;
}

/** What a tool returned. */
export interface ToolResultPart {
  readonly type: "toolResult";
  /** The `id` of the {@link ToolUsePart} that it answers. */
  readonly toolUseId: string;
  readonly status?: ToolResultStatus;
  readonly content: readonly ToolResultContent[];
}

/** API model, `ToolResultStatus`. */
export const TOOL_RESULT_STATUSES = ["success", "error"] as const;
export type ToolResultStatus = (typeof TOOL_RESULT_STATUSES)[number];

export type ToolResultContent = TextPart | ImagePart | DocumentPart | JsonPart;

export interface JsonPart {
  readonly type: "json";
  readonly value: JsonValue;
}

/** A tool that the model may call. */
export interface Tool {
  readonly name: string;
  /** Undefined if the caller gave none. */
  readonly description: string | undefined;
  /** The JSON schema of the tool's arguments. */
  readonly inputSchema: JsonValue;
}

/** A conversation as a model takes it. */
export interface Chat {
  /** A system message at most, first; then user and assistant messages by turns. */
  readonly messages: readonly Message[];
  /** The tools that the model may call, in the caller's order; [] for none. */
  readonly tools: readonly Tool[];
}

/** Which parts beside text can be taken: what the model and its engine have in common. */
export interface PartCapabilities {
  readonly images: boolean;
  readonly documents: boolean;
  /** `toolUse`, `toolResult`, and the declaration of tools. */
  readonly tools: boolean;
}

/** The capabilities of a model or engine that takes text and nothing else. */
export const TEXT_ONLY: PartCapabilities = { images: false, documents: false, tools: false };

/** Whether a part is a call or a result of a tool. */
export function isToolPart(part: Part): part is ToolUsePart | ToolResultPart {
  return part.type === "toolUse" || part.type === "toolResult";
}

/** A message's parts, with the content of a tool's result in place of the result. */
export function contentOf({ parts }: Message): readonly (Part | ToolResultContent)[] {
  return parts.flatMap((part): readonly (Part | ToolResultContent)[] =>
    part.type === "toolResult" ? part.content : [part],
  );
}

/** A message of one text part. */
export function textMessage(role: Role, text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}
