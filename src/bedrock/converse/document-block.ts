import { decodeBase64 } from "../base64.js";
import { fileType, type FileType, isOfFormat } from "../media/index.js";
import { DOCUMENT_FORMATS, type DocumentFormat, type DocumentPart } from "../message.js";
import type { JsonObject } from "../parse-json.js";
import type { RequestReader } from "../request-reader.js";
import { unionMisused } from "./exceptions.js";
import {
  citationsUnsupported,
  documentNameInvalid,
  documentTooLarge,
  documentTypeMismatch,
  documentTypeUnsupported,
  memberUnsupported,
} from "./media-exceptions.js";
import { onlyMember, setMembers } from "./union.js";
import { readBytes, readS3Location } from "./source.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

/** The sources that Converse takes without citations, as its message lists them (quoted). */
const DOCUMENT_SOURCE = { shape: "DocumentSource", members: ["bytes", "s3Location"] } as const;

/** The most bytes of a document: 4.5 MB (API reference, `Message`). Measured by users: one byte more is refused. */
const MAX_DOCUMENT_BYTES = 4_500_000;

/** The constraint of `name` (API model). */
const MAX_NAME_LENGTH = 200;

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
  const document = reader.object(block, "document") ?? {};
  const format = reader.choice(document, "format", `${path}.format`, DOCUMENT_FORMATS);
  const name = readName(reader, document, `${path}.name`);
  reader.required(document, "source", `${path}.source`);
  const source = reader.object(document, "source") ?? {};
  const bytes = readBytes(reader, source, `${path}.source.bytes`);
  const s3 = readS3Location(reader, source, `${path}.source.s3Location`);
  reader.string(source, "text");
  for (const item of reader.objects(source, "content") ?? []) reader.string(item, "text");
  const context = reader.string(document, "context");
  const cites = readCitations(reader, document, `${path}.citations`);
  const unsupported = (refuse: UnsupportedBlock["refuse"]): UnsupportedBlock => ({
    type: "unsupported",
    member: "document",
    refuse,
  });
  if (cites) return unsupported(citationsUnsupported);
  if (context !== undefined) return unsupported(() => memberUnsupported("context"));
  const set = onlyMember(DOCUMENT_SOURCE, setMembers(source, DOCUMENT_SOURCE));
  if (typeof set === "object") return unsupported((at) => unionMisused(set, `${at}.document.source`));
  if (s3 || bytes === undefined) return unsupported(() => memberUnsupported("s3Location"));
  return { type: "document", name, ...(format && { format }), bytes: decodeBase64(bytes) };
}

function readName(reader: RequestReader, document: JsonObject, path: string): string {
  const name = reader.string(document, "name");
  if (name === undefined) reader.violate(path, null, "not be null");
  else if (name === "") reader.violate(path, name, "have length greater than or equal to 1");
  else if (name.length > MAX_NAME_LENGTH) {
    reader.violate(path, name, `have length less than or equal to ${MAX_NAME_LENGTH}`);
  }
  return name ?? "";
}

/** Reads `citations`. @returns whether they are asked for */
function readCitations(reader: RequestReader, document: JsonObject, path: string): boolean {
  const citations = reader.object(document, "citations");
  if (citations === undefined) return false;
  reader.required(citations, "enabled", `${path}.enabled`);
  return reader.boolean(citations, "enabled") ?? false;
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
