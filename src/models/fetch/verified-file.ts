import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename } from "node:path";

import { readOwnText, replaceFile } from "../../store/index.js";
import { ChecksumError } from "../errors.js";

/** The expected size and checksum of a file. */
export interface Expected {
  readonly bytes: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

/** Large reads, so that the CPU limits hashing, not the number of calls. */
const READ_BYTES = 1024 * 1024;

/*
 * Hashing a large model takes longer than starting the engine, so a marker beside the file, `FILE.sha256`, records that the
 * file was verified. It has the format of `sha256sum`. A marker that is older than the file does not count.
 */
const markerOf = (path: string) => `${path}.sha256`;

/** A checksum, and a name that no file system lets be longer than 255 characters. */
const MAX_MARKER_BYTES = 4096;

/** Whether the file is here and was verified before. Reads only the marker, not the file. */
export async function isMarkedVerified(path: string, expected: Expected): Promise<boolean> {
  try {
    const [file, marker] = await Promise.all([stat(path), stat(markerOf(path))]);
    if (!file.isFile() || file.size !== expected.bytes || marker.mtimeMs < file.mtimeMs) return false;
    return (await readOwnText(markerOf(path), MAX_MARKER_BYTES)).startsWith(`${expected.sha256} `);
  } catch {
    return false;
  }
}

/** Writes the marker. In a read-only folder this fails silently, and the file is verified each time. */
export async function markVerified(path: string, { sha256 }: Expected): Promise<void> {
  await replaceFile(markerOf(path), `${sha256}  ${basename(path)}\n`).catch(() => undefined);
}

/** Whether the file is here with the right bytes. Reads the whole file, and writes the marker if it is right. */
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
 * Verifies a downloaded file, and deletes it if its bytes are wrong.
 *
 * @throws {ChecksumError} the bytes are wrong
 * @throws `signal.reason` if aborted
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
