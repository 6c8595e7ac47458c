import { execFile } from "node:child_process";
import { createRequire } from "node:module";

import { EXIT, HEAP_MIB, MAX_TEXT_LENGTH } from "./protocol.js";

/** The text of a PDF, or why there is none. */
export type PdfText = { readonly text: string } | { readonly refused: "invalid" | "locked" | "tooMuch" };

/** A UTF-16 unit takes up to three bytes of UTF-8. */
const MAX_OUTPUT_BYTES = 3 * MAX_TEXT_LENGTH;

/**
 * Reads the text of a PDF in a process of its own, which is killed once it takes too much time or memory. A thread wouldn't do: V8 ends
 * the whole process for some of a thread's allocations.
 *
 * @param withinMs - how long it may take
 * @throws `signal.reason` once aborted; the process is killed then.
 */
export async function readPdf(bytes: Uint8Array, withinMs: number, signal: AbortSignal): Promise<PdfText> {
  signal.throwIfAborted();
  const timeout = Math.ceil(withinMs);
  // reader.ts as it was built: package.json `imports` says where, whether this module runs from the package or from src/
  const reader = createRequire(import.meta.url).resolve("#document-reader");
  const args = [
    `--max-old-space-size=${HEAP_MIB}`,
    "--disallow-code-generation-from-strings",
    reader,
    String(timeout),
  ];
  const result = await new Promise<PdfText>((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      {
        timeout,
        killSignal: "SIGKILL",
        maxBuffer: MAX_OUTPUT_BYTES,
        signal,
        windowsHide: true,
        // a hostile PDF finds no credentials, and the flags of a debugger or a loader are meant for this process only
        env: process.env["SystemRoot"] === undefined ? {} : { SystemRoot: process.env["SystemRoot"] },
      },
      (error, stdout) => resolve(error ? { refused: reason(error.code) } : { text: stdout }),
    );
    // it may end before it has read everything
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(bytes);
  });
  signal.throwIfAborted();
  return result;
}

/** @param code - the process's exit code; anything else means that it was killed, or ran out of memory */
function reason(code: unknown): "invalid" | "locked" | "tooMuch" {
  if (code === EXIT.invalid) return "invalid";
  return code === EXIT.locked ? "locked" : "tooMuch";
}
