import { fileSize } from "../../store/index.js";
import { DownloadCutError } from "../download-cut-error.js";
import type { DownloadLimits } from "./download-limits.js";
import { receive } from "./receive.js";
import { waitToRetry } from "./wait-to-retry.js";

/** Progress after which the retries are counted anew: a network that cuts every so often still gets through. */
const PROGRESS_BYTES = 1024 * 1024;

export interface Download {
  readonly url: string;
  /** Sent to the host of `url` only. */
  readonly token?: string | undefined;
  /** Where a person sees what is downloaded, for errors that ask for something to be done there. */
  readonly page?: string | undefined;
  /** Where the bytes go. Bytes that are there already are taken for the file's beginning. */
  readonly part: string;
  /** The file's size. */
  readonly bytes: number;
  readonly limits: DownloadLimits;
  readonly onBytes: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads a file and goes on after a cut, also after one in an earlier run. Whatever ends it, what came is kept.
 *
 * Bytes of several answers are put together without `If-Range`: the address names one commit, and the caller checks the
 * whole file's checksum.
 *
 * @throws {SourceError} the server can't be reached, refuses, or keeps cutting
 * @throws {DiskFullError} {@link HomeNotWritableError} the bytes can't be written
 * @throws `signal.reason` once aborted
 */
export async function downloadFile(download: Download): Promise<void> {
  const { part, bytes, limits, signal } = download;
  let answered = false;
  let failures = 0;
  let start = (await fileSize(part)) ?? 0;
  for (let have = start; have !== bytes; have = (await fileSize(part)) ?? 0) {
    try {
      await receive(download, have > bytes ? 0 : have);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DownloadCutError)) throw error;
      answered ||= error.answered;
      const now = (await fileSize(part)) ?? 0;
      if (now - start >= PROGRESS_BYTES) [start, failures] = [now, 0];
      // if nobody ever answered, the next source is better than another try
      if (!answered) throw error;
      await waitToRetry(error, failures, limits, signal);
      failures += 1;
    }
  }
}
