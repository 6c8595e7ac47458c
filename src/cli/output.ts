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

/** Writes a value as JSON for programs, indented for people. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Tells a person something that isn't part of the answer, and who says so: stderr may be shared with a program. */
export function tell(text: string): void {
  writeError(`cria: ${text}`);
}

/** Writes a line to stderr as it is. */
export function writeError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells that another model answered than the one asked for: never hidden, said once. */
export function standInNotice(standIn: string, asked: string): string {
  return `${standIn} answers in place of ${asked}, whose weights aren't on this machine (--strict refuses this)`;
}

/**
 * Rows for a person, a line each; columns are as wide as their longest cell.
 *
 * @param numbers - columns that stand to the right
 */
export function table(rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  return rows.map((row) => `${line(row).join("  ").trimEnd()}\n`).join("");
}
