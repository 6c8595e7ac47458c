import { describe, expect, it } from "vitest";

import { readPdf } from "../../../src/server/documents/read-pdf.js";
import { hostilePdfs, page, pdf, pdfOf, stream } from "../../support/pdf.js";

/** For a machine with much else to do. */
const TIMEOUT_MS = 30_000;

const never = new AbortController().signal;

/** The outcomes of {@link hostilePdfs}: text, where there is some, or a refusal. */
const outcomes: Readonly<Record<keyof typeof hostilePdfs, object>> = {
  "that is cut": { refused: "invalid" },
  "that is only a header": { refused: "invalid" },
  "of random bytes": { refused: "invalid" },
  "that claims a thousand million pages": { text: "a" },
  "whose pages are their own parents": { refused: "invalid" },
  "of a million nested lists": { refused: "invalid" },
  "whose page draws itself": { text: "" },
  "that unpacks to two gigabytes": { refused: "tooMuch" },
  "whose page is shown ten thousand times": { refused: "tooMuch" },
};

describe("readPdf", () => {
  it("reads the text of all pages, apart by a blank line", async () => {
    expect(await readPdf(pdf("Dummy PDF file"), TIMEOUT_MS, never)).toEqual({ text: "Dummy PDF file" });
    expect(await readPdf(pdf("a) Tj 0 -20 Td (b", "c"), TIMEOUT_MS, never)).toEqual({ text: "a\nb\n\nc" });
  });

  it("says which PDF needs a password", async () => {
    const objects = [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      page(5),
      stream("BT /F1 12 Tf (a) Tj ET"),
      `<< /Filter /Standard /V 1 /R 2 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> /P -4 >>`,
    ];
    const locked = pdfOf(objects, `/Encrypt 6 0 R /ID [<${"43".repeat(16)}> <${"43".repeat(16)}>]`);
    expect(await readPdf(locked, TIMEOUT_MS, never)).toEqual({ refused: "locked" });
  });

  it.each(Object.entries(hostilePdfs))(
    "survives a PDF %s",
    async (name, make) => {
      const timeoutMs = name.includes("ten thousand") ? 3_000 : TIMEOUT_MS;
      expect(await readPdf(make(), timeoutMs, never)).toEqual(outcomes[name]);
    },
    TIMEOUT_MS + 10_000,
  );

  it("ends the process when the request is over", async () => {
    const controller = new AbortController();
    const reading = readPdf(
      hostilePdfs["whose page is shown ten thousand times"]?.() ?? pdf(),
      TIMEOUT_MS,
      controller.signal,
    );
    setTimeout(() => controller.abort(new Error("gone")), 100);
    await expect(reading).rejects.toThrow("gone");
  });
});
