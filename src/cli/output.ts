import { once } from "node:events";

import { ExitCode } from "./exit-code.js";

/** Ends the process quietly when the reader of stdout has gone, as in `cria … | head`: that's no failure. */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(ExitCode.ok);
    throw error;
  });
  // nobody is left to be told
  process.stderr.on("error", () => undefined);
}

/** Writes a part of the answer, and waits while its reader is behind. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** Tells a person something that isn't part of the answer, and who says so: stderr may be shared with a program. */
export function tell(text: string): void {
  writeError(`cria: ${text}`);
}

/** Writes a line to stderr as it is. */
export function writeError(text: string): void {
  process.stderr.write(`${text}\n`);
}
