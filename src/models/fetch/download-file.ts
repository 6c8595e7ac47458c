import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";

import { formatBytes } from "../../platform/index.js";
import { clearFile, explainDiskError, openOwnFile, ownFileSize } from "../../store/index.js";
import { DownloadCutError, SourceError } from "../errors.js";
import type { DownloadLimits } from "./fetch-job.js";
import { httpGet } from "./http-get.js";
import { reasonOf, refusal, waitToRetry } from "./retry.js";

/** Progress after which retries are counted from 0 again, so that a network with many interruptions succeeds in the end. */
const PROGRESS_BYTES = 1024 * 1024;

export interface Download {
  readonly url: string;
  /** Sent to the origin of `url` only. */
  readonly token?: string | undefined;
  /** The model's page on the hub, for error messages. */
  readonly page?: string | undefined;
  /** Where the bytes go. Bytes that are already there are taken for the beginning of the file. */
  readonly part: string;
  /** The file's size. */
  readonly bytes: number;
  readonly limits: DownloadLimits;
  readonly onBytes: (doneBytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads a file and resumes after each interruption, including one of an earlier run. The bytes so far are always kept.
 *
 * Bytes of several responses are joined without `If-Range`: the URL names one commit, and the caller checks the checksum of the
 * whole file.
 *
 * @throws {SourceError} the server cannot be reached, refuses, or keeps interrupting
 * @throws {DiskFullError} {@link HomeNotWritableError} the bytes cannot be written
 * @throws `signal.reason` if aborted
 */
export async function downloadFile(download: Download): Promise<void> {
  const { part, bytes, limits, signal } = download;
  let answered = false;
  let failures = 0;
  let start = (await ownFileSize(part)) ?? 0;
  for (let have = start; have !== bytes; have = (await ownFileSize(part)) ?? 0) {
    try {
      await receive(download, have > bytes ? 0 : have);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DownloadCutError)) throw error;
      answered ||= error.answered;
      const now = (await ownFileSize(part)) ?? 0;
      if (now - start >= PROGRESS_BYTES) [start, failures] = [now, 0];
      // if the server never responded, the next source is better than a retry
      if (!answered) throw error;
      await waitToRetry(error, failures, limits, signal);
      failures += 1;
    }
  }
}

/**
 * Requests the rest of a file, from byte `have` on, and writes it to the file.
 *
 * @throws {DownloadCutError} the download was interrupted; the bytes so far are in the file
 * @throws {SourceError} the server refuses, or has a different file
 */
async function receive(download: Download, have: number): Promise<void> {
  const { bytes } = download;
  const response = await httpGet({
    ...download,
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
  }).catch((error: unknown) => {
    if (error instanceof SourceError) throw error;
    throw new DownloadCutError(`can't be reached (${reasonOf(error)})`, false, { cause: error });
  });
  try {
    const from = startOfBody(response, have, download.page);
    if (from === undefined) {
      await clearFile(download.part);
      throw new DownloadCutError(`the server could not resume at byte ${have}`, true);
    }
    const length = response.headers["content-length"];
    if (length !== undefined && from + Number(length) !== bytes) {
      throw new SourceError(`has a file of ${formatBytes(from + Number(length))}, not ${formatBytes(bytes)}`);
    }
    await writeBody(response, from, download);
  } finally {
    // a response that is not read to its end emits an error
    response.on("error", () => undefined).destroy();
  }
}

/** The offset in the file at which the response's body begins; undefined if the server did not grant the range. */
function startOfBody(response: IncomingMessage, have: number, page?: string): number | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return 0; // also from a server without ranges
  if (statusCode === 206) {
    const first = /^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1];
    return Number(first) === have ? have : undefined;
  }
  if (statusCode === 416 && have > 0) return undefined;
  throw refusal(response, page);
}

async function writeBody(response: IncomingMessage, from: number, download: Download): Promise<void> {
  const { part, bytes, onBytes } = download;
  let done = from;
  const writing = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw await explainDiskError(error, dirname(part), bytes - done);
    }
  };
  const file = await writing(openOwnFile(part, from));
  if (file === undefined) throw new DownloadCutError(`${part} was changed by another program`, true);
  try {
    const body = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    for (;;) {
      const { value } = await body.next().catch((error: unknown) => {
        throw new DownloadCutError(`the connection was lost (${reasonOf(error)})`, true, { cause: error });
      });
      if (value === undefined) break;
      if (done + value.length > bytes) throw new SourceError("sent more bytes than the file has");
      await writing(file.write(value));
      done += value.length;
      onBytes(done);
    }
    await writing(file.sync());
  } finally {
    await file.close();
  }
  if (done < bytes) throw new DownloadCutError("the connection was closed before the end of the file", true);
}
