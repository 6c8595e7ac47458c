import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";

import { ChecksumError } from "../errors.js";

/** What a file must be. */
export interface Expected {
  readonly bytes: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

/** Large reads: hashing is then bound by the processor, not by the number of calls. */
const READ_BYTES = 1024 * 1024;

/*
 * Hashing a large model takes longer than starting, so a marker beside the file says that it was done: `FILE.sha256`, as
 * `sha256sum` writes it and `sha256sum --check` reads it. A marker older than the file says nothing about it.
 */
const markerOf = (path: string) => `${path}.sha256`;

/** Whether the file is here and was verified before. Reads no more than its size and the marker. */
export async function isMarkedVerified(path: string, expected: Expected): Promise<boolean> {
  try {
    const [file, marker] = await Promise.all([stat(path), stat(markerOf(path))]);
    if (!file.isFile() || file.size !== expected.bytes || marker.mtimeMs < file.mtimeMs) return false;
    return (await readFile(markerOf(path), "utf8")).startsWith(`${expected.sha256} `);
  } catch {
    return false;
  }
}

/** Says that the file was verified. In a folder that can't be written to, it's verified each time. */
export async function markVerified(path: string, { sha256 }: Expected): Promise<void> {
  await writeFile(markerOf(path), `${sha256}  ${basename(path)}\n`).catch(() => undefined);
}

/** Whether the file is here with the right bytes; marks it if so. Reads all of it. */
export async function isVerifiedNow(
  path: string,
  expected: Expected,
  signal?: AbortSignal,
): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size !== expected.bytes) return false;
  if ((await sha256Of(path, signal)) !== expected.sha256) return false;
  await markVerified(path, expected);
  return true;
}

/**
 * Checks the bytes of a file that just came and deletes it if they are wrong.
 *
 * @throws {ChecksumError} the file isn't what is expected
 * @throws `signal.reason` once aborted
 */
export async function verifyOrDelete(path: string, { sha256 }: Expected, signal: AbortSignal): Promise<void> {
  const actual = await sha256Of(path, signal);
  if (actual === sha256) return;
  await rm(path, { force: true });
  throw new ChecksumError(sha256, actual);
}

async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
