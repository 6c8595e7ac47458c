import { checkShape, type Shape, TEXT } from "../../api-shape.js";
import { decodeBase64 } from "../../base64.js";
import { fileType, type FileType, isOfFormat } from "../../media/index.js";
import { DOCUMENT_FORMATS, type DocumentFormat, type DocumentPart } from "../../message.js";
import type { JsonObject } from "../../parse-json.js";
import type { RequestReader } from "../../request-reader.js";
import { citationsConfig, mediaSource, text } from "../block-shapes.js";
import { fieldUnsupported, unionMisused } from "../exceptions.js";
import { onlyMember, setMembers } from "../union.js";
import { type UnsupportedBlock, unsupportedBlock } from "../unsupported-block.js";
import {
  citationsUnsupported,
  documentNameInvalid,
  documentTooLarge,
  documentTypeMismatch,
  documentTypeUnsupported,
} from "./exceptions.js";

/** The most bytes of a document: 4.5 MB (API reference, `Message`). Measured by users: one byte more is refused. */
const MAX_DOCUMENT_BYTES = 4_500_000;

/** `DocumentBlock` (API model). */
const DOCUMENT: Shape = {
  type: "structure",
  members: {
    format: { type: "string", values: DOCUMENT_FORMATS },
    name: { type: "string", min: 1, max: 200 },
    source: {
      type: "union",
      members: { ...mediaSource.members, text: TEXT, content: { type: "list", of: text } },
    },
    context: TEXT,
    citations: citationsConfig,
  },
  required: ["name", "source"],
};

const SOURCE = { shape: "DocumentSource", members: ["bytes", "s3Location", "text", "content"] } as const;

/** The sources without citations, as Bedrock's message lists them. */
const UNCITED_SOURCE = { shape: "DocumentSource", members: ["bytes", "s3Location"], set: "none" } as const;

/**
 * The names that Bedrock takes, as users measured it: its message doesn't name the underscore, which it takes, and "whitespace" is the
 * ordinary space only, one in a row.
 */
const NAME = /^(?:[a-zA-Z0-9_\-()[\]]| (?! ))*$/u;

/**
 * Reads a `DocumentBlock`. Llama models cite nothing, so that whatever serves citations is refused: `citations` themselves, `context`, and
 * the sources `text` and `content`, which Converse takes together with citations only (quoted).
 *
 * @param block - the union whose member `document` is set
 * @param path - the document's path, as violations name it
 */
export function readDocument(
  reader: RequestReader,
  block: JsonObject,
  path: string,
): DocumentPart | UnsupportedBlock {
  checkShape(reader, block, "document", DOCUMENT, path);
  const document = reader.object(block, "document") ?? {};
  const source = reader.object(document, "source") ?? {};
  const member = onlyMember(SOURCE, setMembers(source, SOURCE));
  if (reader.object(document, "citations")?.["enabled"] === true)
    return unsupportedBlock("document", citationsUnsupported);
  if (reader.string(document, "context") !== undefined)
    return unsupportedBlock("document", () => fieldUnsupported("context"));
  // Amazon's own models alone read from S3 (user guide)
  if (member === "s3Location") return unsupportedBlock("document", () => fieldUnsupported("s3Location"));
  if (member !== "bytes") {
    const misused = typeof member !== "string" && member.set === "several" ? member : UNCITED_SOURCE;
    return unsupportedBlock("document", (at) => unionMisused(misused, `${at}.document.source`));
  }
  const format = DOCUMENT_FORMATS.find((name) => name === document["format"]);
  return {
    type: "document",
    name: reader.string(document, "name") ?? "",
    ...(format && { format }),
    bytes: decodeBase64(reader.string(source, "bytes") ?? ""),
  };
}

/**
 * Refuses a document that Converse doesn't take.
 *
 * @throws {BedrockException} `ValidationException`
 */
export function checkDocument({ name, format, bytes }: DocumentPart): void {
  if (!NAME.test(name)) throw documentNameInvalid();
  if (bytes.length > MAX_DOCUMENT_BYTES) throw documentTooLarge();
  const type = fileType(bytes);
  if (type.kind === "other") throw documentTypeUnsupported(type.mimeType);
  // a client that always says `txt` was seen to send PDFs with success
  if (format === undefined || format === "txt" || isOfFormat(type, format)) return;
  throw documentTypeMismatch(DETECTED[type.kind], PROVIDED[format]);
}

/** Bedrock's names of what a file is. `PLAIN_TEXT` is quoted; the others are inferred. */
const DETECTED: Readonly<Record<Exclude<FileType["kind"], "other">, string>> = {
  pdf: "PDF",
  docx: "DOCX",
  xlsx: "XLSX",
  office: "DOC",
  text: "PLAIN_TEXT",
};

/** Bedrock's names of the declared formats. `PDF` is quoted; the others are inferred. */
const PROVIDED: Readonly<Record<DocumentFormat, string>> = {
  pdf: "PDF",
  csv: "CSV",
  doc: "DOC",
  docx: "DOCX",
  xls: "XLS",
  xlsx: "XLSX",
  html: "HTML",
  txt: "PLAIN_TEXT",
  md: "MD",
};
