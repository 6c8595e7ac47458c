import { once } from "node:events";

import { printable, printableLine } from "../platform/index.js";
import { ExitCode } from "./exit-code.js";

/**
 * Ends the process when stdout can't be written: with exit code 0 if its reader has closed it, as in `cria … | head`, else with a
 * message.
 */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(ExitCode.ok);
    notify(`stdout can't be written: ${error.message}`);
    process.exit(ExitCode.failure);
  });
  // a closed stderr must not end the command
  process.stderr.on("error", () => undefined);
}

/**
 * Writes a part of the answer to stdout; resolves once there is room for more. On a terminal nothing in it controls the terminal: a model says what
 * it likes, and names come from anywhere. A file or another program gets every byte as it is.
 */
export async function print(text: string): Promise<void> {
  const shown = process.stdout.isTTY ? printable(text) : text;
  if (!process.stdout.write(shown)) await once(process.stdout, "drain");
}

/** Resolves once stdout has taken all that was written, or the process ends since it can't. */
export async function flushOutput(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
}

/** Writes a value to stdout as indented JSON. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Writes a notice to stderr, marked as Cria's: under `cria run`, another program writes there too. */
export function notify(text: string): void {
  writeError(`cria: ${text}`);
}

/** Writes text and a line end to stderr, so that nothing in it controls a terminal: messages quote servers, files and variables. */
export function writeError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** The notice that another model answered than the one asked for. */
export function standInNotice(standIn: string, asked: string): string {
  return `${standIn} answers in place of ${asked}, whose weights aren't on this machine (--strict refuses this)`;
}

/**
 * Formats rows as lines with aligned columns, each as wide as its longest cell. A cell can neither begin a line nor control a terminal.
 *
 * @param rightAligned - indexes of columns to align to the right, such as those of numbers
 */
export function table(cells: readonly (readonly string[])[], rightAligned: readonly number[] = []): string {
  const rows = cells.map((row) => row.map(printableLine));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      rightAligned.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  return rows.map((row) => `${line(row).join("  ").trimEnd()}\n`).join("");
}
