import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type FileType, fileType, isOfFormat } from "../../../src/bedrock/media/index.js";
import { DOCUMENT_FORMATS } from "../../../src/bedrock/message.js";
import { gif, jpeg, png, webp } from "../../support/images.js";

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

describe("fileType", () => {
  it.each<[string, Uint8Array, FileType]>([
    ["a PDF", latin1("%PDF-1.7\n%\xe2\xe3"), { kind: "pdf" }],
    ["a PDF behind other bytes", latin1(`${"\n".repeat(900)}%PDF-1.4`), { kind: "pdf" }],
    ["a Word document", latin1("PK\x03\x04..word/document.xml.."), { kind: "docx" }],
    ["a workbook", latin1("PK\x03\x04..xl/workbook.xml.."), { kind: "xlsx" }],
    ["an older Word document", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.."), { kind: "office" }],
    ["text", Buffer.from("name,age\nZoë,5\n"), { kind: "text" }],
    ["text with a byte order mark", Buffer.from("\ufeffhello"), { kind: "text" }],
    ["text about a PDF, too far in", Buffer.from(`${"a".repeat(1024)}%PDF-`), { kind: "text" }],
    ["another archive", latin1("PK\x03\x04.."), { kind: "other", mimeType: "application/zip" }],
    ["Latin-1", latin1("Zo\xeb"), { kind: "other", mimeType: "application/octet-stream" }],
    ["a NUL", latin1("a\0b"), { kind: "other", mimeType: "application/octet-stream" }],
    ["a PNG", png(1, 1), { kind: "other", mimeType: "image/png" }],
    ["a JPEG", jpeg(1, 1), { kind: "other", mimeType: "image/jpeg" }],
    ["a GIF", gif(1, 1), { kind: "other", mimeType: "image/gif" }],
    ["a WebP", webp("lossy", 1, 1), { kind: "other", mimeType: "image/webp" }],
  ])("recognizes %s", (_, content, type) => {
    expect(fileType(content)).toEqual(type);
  });

  it("never throws", () => {
    const starts = ["", "%PDF-", "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\xff\xd8\xff"];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 100 }), (start, rest) => {
        fileType(Uint8Array.from([...latin1(start), ...rest]));
      }),
    );
  });
});

describe("isOfFormat", () => {
  it.each<[FileType["kind"], string[]]>([
    ["text", ["csv", "html", "txt", "md"]],
    ["office", ["doc", "xls"]],
    ["pdf", ["pdf"]],
    ["docx", ["docx"]],
    ["xlsx", ["xlsx"]],
  ])("%s can be declared as %j", (kind, formats) => {
    const type = { kind } as FileType;
    expect(DOCUMENT_FORMATS.filter((format) => isOfFormat(type, format))).toEqual(formats);
  });
});
