import type { DocumentFormat } from "../message.js";
import { readImageHeader } from "./image-header.js";

/** What a file is by its bytes. */
export type FileType =
  | {
      /** `text` is any of the formats that are plain text; `office` is one of the binary formats, `doc` or `xls`. */
      readonly kind: "pdf" | "docx" | "xlsx" | "office" | "text";
    }
  | {
      /** Nothing that is a document. */
      readonly kind: "other";
      readonly mimeType: string;
    };

/** The formats that are text, and can't be told apart by their bytes. */
const TEXT_FORMATS: ReadonlySet<DocumentFormat> = new Set<DocumentFormat>(["txt", "md", "csv", "html"]);

/** PDF readers find the header within the first 1,024 bytes (PDF 1.7, implementation note 13). */
const PDF_HEADER_WITHIN = 1024;

/** A ZIP file's directory is at its end; that of a document is a few KiB long, and its names are searched there. */
const ZIP_DIRECTORY_WITHIN = 64 * 1024;

const latin1 = new TextDecoder("latin1");
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Tells what a file is by its bytes, whatever its name says. Never throws. */
export function fileType(bytes: Uint8Array): FileType {
  const start = latin1.decode(bytes.subarray(0, PDF_HEADER_WITHIN));
  if (start.includes("%PDF-")) return { kind: "pdf" };
  if (start.startsWith("PK\x03\x04")) return zipType(bytes);
  if (start.startsWith("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return { kind: "office" };
  const image = readImageHeader(bytes);
  if (image) return { kind: "other", mimeType: `image/${image.format}` };
  return isText(bytes) ? { kind: "text" } : { kind: "other", mimeType: "application/octet-stream" };
}

/** Whether a file of this type may be declared to have a format. */
export function isOfFormat({ kind }: FileType, format: DocumentFormat): boolean {
  if (kind === "text") return TEXT_FORMATS.has(format);
  if (kind === "office") return format === "doc" || format === "xls";
  return kind === format;
}

function zipType(bytes: Uint8Array): FileType {
  const directory = latin1.decode(bytes.subarray(-ZIP_DIRECTORY_WITHIN));
  if (directory.includes("word/document.xml")) return { kind: "docx" };
  if (directory.includes("xl/workbook.xml")) return { kind: "xlsx" };
  return { kind: "other", mimeType: "application/zip" };
}

/** UTF-8 without the character NUL, which no text has. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    strictUtf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
