import {
  type DocumentPart,
  type ImagePart,
  isToolPart,
  type JsonPart,
  type Message,
  type Part,
  type TextPart,
  type ToolResultPart,
  type ToolUsePart,
} from "../bedrock/index.js";
import { documentsText } from "./document-text.js";
import { PartNotRenderableError } from "./errors.js";
import { compactJson } from "./write-json.js";

/**
 * What stands for an image in a prompt, whichever model reads it. Llama 3.2's and Llama 4's own token; the engine puts the
 * image in its place.
 */
export const IMAGE_MARKER = "<|image|>";

/** The separator of a message's texts. Bedrock's is unknown (inferred). */
export const BETWEEN_TEXTS = "\n";

/** A turn as prompts write it. */
export interface Turn {
  /** `system`, `user`, `assistant`, or what a format calls a tool's result. */
  readonly role: string;
  readonly content: string;
}

/** A piece of a message: what it says between calls and results of tools, or one of these. */
export type Segment = TextPart | ToolUsePart | ToolResultPart;

/**
 * Splits a message at its calls and results of tools. A message without parts says "".
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function segmentsOf({ parts }: Message): readonly Segment[] {
  const segments: Segment[] = [];
  let content: (TextPart | ImagePart | DocumentPart)[] = [];
  const endContent = () => {
    if (content.length > 0) segments.push({ type: "text", text: contentText(content) });
    content = [];
  };
  for (const part of parts) {
    if (isToolPart(part)) {
      endContent();
      segments.push(part);
    } else {
      content.push(part);
    }
  }
  endContent();
  return segments.length === 0 ? [{ type: "text", text: "" }] : segments;
}

/**
 * What parts say: each text on a line of its own, documents that follow one another together, an image as its marker. No line break
 * is put beside a marker, as in Meta's templates (inferred: Bedrock's is unknown).
 *
 * @throws {PartNotRenderableError} a part can't be written.
 */
export function contentText(parts: readonly (Part | JsonPart)[]): string {
  let text = "";
  let afterText = false;
  for (const [i, part] of parts.entries()) {
    if (part.type === "document" && parts[i - 1]?.type === "document") continue;
    const isImage = part.type === "image";
    if (afterText && !isImage) text += BETWEEN_TEXTS;
    text += part.type === "document" ? documentsText(documentsFrom(parts, i)) : partText(part);
    afterText = !isImage;
  }
  return text;
}

/** The documents that follow one another from an index on. */
function documentsFrom(parts: readonly (Part | JsonPart)[], start: number): readonly DocumentPart[] {
  const documents: DocumentPart[] = [];
  for (const part of parts.slice(start)) {
    if (part.type !== "document") break;
    documents.push(part);
  }
  return documents;
}

function partText(part: Part | JsonPart): string {
  if (part.type === "text") return part.text;
  if (part.type === "image") return IMAGE_MARKER;
  if (part.type === "json") return compactJson(part.value);
  throw new PartNotRenderableError(part.type);
}
