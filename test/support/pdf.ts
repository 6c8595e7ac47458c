import { constants, deflateRawSync, deflateSync } from "node:zlib";

type Content = string | Uint8Array;

/** A PDF of one page for each text. */
export function pdf(...texts: readonly string[]): Uint8Array {
  const pages = texts.map((_, i) => `${4 + 2 * i} 0 R`).join(" ");
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages}] /Count ${texts.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...texts.flatMap((text, i) => [page(5 + 2 * i), stream(`BT /F1 12 Tf 9 700 Td (${text}) Tj ET`)]),
  ]);
}

/** A page that shows the content of another object in the font of object 3. @param content - that object's number */
export function page(content: number, more = ""): string {
  const resources = `<< /Font << /F1 3 0 R >> ${more} >>`;
  return `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources ${resources} /Contents ${content} 0 R >>`;
}

/** A PDF of objects, numbered from 1; the first is the catalogue. */
export function pdfOf(objects: readonly Content[], trailer = ""): Uint8Array {
  const parts: Buffer[] = [];
  let length = 0;
  const add = (content: Content) => {
    const part = Buffer.from(content as string, "latin1");
    parts.push(part);
    length += part.length;
  };
  add("%PDF-1.4\n");
  const offsets = objects.map((object, i) => {
    const at = length;
    for (const content of [`${i + 1} 0 obj\n`, object, "\nendobj\n"]) add(content);
    return at;
  });
  const start = length;
  const entries = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`);
  add(`trailer << /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF`);
  return Uint8Array.from(Buffer.concat(parts));
}

/** An object with a stream. @param dictionary - more of its dictionary */
export function stream(content: Content, dictionary = ""): Uint8Array {
  const data = Buffer.from(content as string, "latin1");
  const head = Buffer.from(`<< /Length ${data.length} ${dictionary} >>\nstream\n`);
  return Buffer.concat([head, data, Buffer.from("\nendstream")]);
}

const MIB = 1024 * 1024;

/** PDFs that take a reader's time or memory, or mislead it. */
export const hostilePdfs: Readonly<Record<string, () => Uint8Array>> = {
  "that is cut": () => pdf("a", "b", "c").subarray(0, 400),
  "that is only a header": () => Buffer.from("%PDF-1.7"),
  "of random bytes": () => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(100_000, "x\xff(<[")]),
  "that claims a thousand million pages": () =>
    pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [4 0 R] /Count 1000000000 >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      page(5),
      stream("BT /F1 12 Tf (a) Tj ET"),
    ]),
  "whose pages are their own parents": () =>
    pdfOf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 5 >>"]),
  "of a million nested lists": () =>
    pdfOf([
      `<< /Type /Catalog /Pages 2 0 R /A ${"[".repeat(1_000_000)} >>`,
      "<< /Type /Pages /Kids [] /Count 0 >>",
    ]),
  "whose page draws itself": () =>
    pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      page(5, "/XObject << /X 6 0 R >>"),
      stream("/X Do"),
      stream(
        "/X Do /X Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>",
      ),
    ]),
  "that unpacks to two gigabytes": () => {
    // a piece of zeros that ends at a byte can be repeated
    const piece = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH });
    const zeros = Buffer.concat([
      Buffer.from([0x78, 0x9c]),
      ...Array<Buffer>(2048).fill(piece),
      Buffer.from([3, 0]),
    ]);
    return pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      page(5),
      stream(zeros, "/Filter /FlateDecode"),
    ]);
  },
  "whose page is shown ten thousand times": () => {
    const shown = "BT /F1 12 Tf (aaaaaaaaaaaaaaaaaaaa) Tj ET\n".repeat(100_000);
    return pdfOf([
      "<< /Type /Catalog /Pages 2 0 R >>",
      `<< /Type /Pages /Kids [${"4 0 R ".repeat(10_000)}] /Count 10000 >>`,
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      page(5),
      stream(deflateSync(shown), "/Filter /FlateDecode"),
    ]);
  },
};
