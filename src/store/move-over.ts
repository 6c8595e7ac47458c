import { rename } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { errorCode } from "../platform/index.js";
import { FileInUseError } from "./errors.js";

/** Error codes of Windows while a program has one of the files open: another Cria that reads it, a virus scanner, an indexer. */
const IN_USE = new Set(["EPERM", "EACCES", "EBUSY"]);

/** How long to keep trying, in ms. Scanners and readers let go within a second; who holds a file for longer keeps it. */
const PATIENCE_MS = 5_000;

/** The first pause between two attempts, in ms; each is twice as long as the one before. Most readers need less. */
const FIRST_PAUSE_MS = 10;

/** The longest pause, in ms: a program that reads all the time leaves short gaps, which many attempts find. */
const LONGEST_PAUSE_MS = 100;

/** For tests. */
export interface MoveOptions {
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
  /** @default `rename` of node:fs */
  readonly move?: (from: string, to: string) => Promise<void>;
  /** In ms. @default 5000 */
  readonly patienceMs?: number;
}

/**
 * Renames a file, replacing the one that is there, or a folder.
 *
 * On Windows that fails while another program has one of them open, even for reading, so it's tried again for 5 s.
 *
 * @throws {FileInUseError} on Windows, they are still in use then, or this user may not write there
 * @throws the system's error, on other platforms at once
 */
export async function moveOver(
  from: string,
  to: string,
  { platform = process.platform, move = rename, patienceMs = PATIENCE_MS }: MoveOptions = {},
): Promise<void> {
  const last = performance.now() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      await move(from, to);
      return;
    } catch (error) {
      if (!isInUse(error, platform)) throw error;
      if (performance.now() >= last) throw new FileInUseError(to, errorCode(error), { cause: error });
    }
    await sleep(pauseMs);
  }
}

/** Whether an error may mean that another program has a file open. Only Windows has such errors. */
export function isInUse(error: unknown, platform: NodeJS.Platform = process.platform): boolean {
  return platform === "win32" && IN_USE.has(errorCode(error));
}
