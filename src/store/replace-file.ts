import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { explainDiskError } from "./explain-disk-error.js";
import { moveOver } from "./move-over.js";

/** How {@link replaceFile} writes. */
export interface ReplaceOptions {
  /** The permissions of the new file. @default 0o666, less the process's umask */
  readonly mode?: number | undefined;
  /** An abort before the last step leaves the file as it was. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a file atomically: readers find the old text or the new one, and so does the next run after a crash.
 *
 * @throws {DiskFullError} {@link HomeNotWritableError} {@link FileInUseError} the file can't be written.
 * @throws `signal.reason` if aborted
 */
export async function replaceFile(
  path: string,
  text: string,
  { mode, signal }: ReplaceOptions = {},
): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: "wx", flush: true, ...(mode !== undefined && { mode }) });
    signal?.throwIfAborted();
    await moveOver(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw await explainDiskError(error, dirname(path), Buffer.byteLength(text));
  }
}
