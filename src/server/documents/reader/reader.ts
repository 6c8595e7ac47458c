import { buffer } from "node:stream/consumers";
import { Worker } from "node:worker_threads";

import { getDocumentProxy } from "unpdf";

import { EXIT, MAX_MEMORY_BYTES, MAX_TEXT_LENGTH } from "../protocol.js";

const timeoutMs = Number(process.argv[2]);

/** How often the memory is looked at. Unpacking fills about 10 MB in that time. */
const WATCH_MS = 50;

/**
 * Ends the process when it takes too much memory or time, from a thread of its own: a hostile PDF may never give control back. The heap's
 * limit doesn't cover the buffers that streams are unpacked to.
 */
const WATCH = `
  const late = Date.now() + ${timeoutMs};
  setInterval(() => {
    if (process.memoryUsage.rss() > ${MAX_MEMORY_BYTES} || Date.now() > late) process.kill(process.pid, "SIGKILL");
  }, ${WATCH_MS});
`;

new Worker(WATCH, { eval: true }).unref();
process.exitCode = await main();

async function main(): Promise<number> {
  const bytes = await buffer(process.stdin);
  const text = await pdfText(new Uint8Array(bytes)).catch((error: unknown) =>
    error instanceof Error && error.name === "PasswordException" ? EXIT.locked : EXIT.invalid,
  );
  if (typeof text === "number") return text;
  if (text.length > MAX_TEXT_LENGTH) return EXIT.tooMuch;
  // eslint-disable-next-line no-restricted-properties -- a pipe to the server, which reads the text there
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  return EXIT.read;
}

/** The text of a PDF, its pages apart by a blank line. It isn't read further than to the longest text allowed. */
async function pdfText(bytes: Uint8Array): Promise<string> {
  // 0: the library would print warnings to stdout
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
  const pages: string[] = [];
  let length = 0;
  for (let number = 1; number <= pdf.numPages && length <= MAX_TEXT_LENGTH; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ("str" in item ? `${item.str}${item.hasEOL ? "\n" : ""}` : "")).join("");
    page.cleanup();
    pages.push(text);
    length += text.length;
  }
  return pages.join("\n\n");
}
