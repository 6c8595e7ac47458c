import { open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";

import { fileSize, formatBytes } from "../../platform/index.js";
import { explainDiskError } from "../../store/index.js";
import { DownloadCutError, SourceError } from "../errors.js";
import type { DownloadLimits } from "./download-limits.js";
import { httpGet } from "./http-get.js";
import { describe, refusal, waitToRetry } from "./retry.js";

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

/**
 * One request for the rest of a file, from byte `have` on, and its answer's bytes into the file.
 *
 * @throws {DownloadCutError} it broke off; what came is in the file
 * @throws {SourceError} the server refuses, or has another file
 */
export async function receive(download: Download, have: number): Promise<void> {
  const { bytes } = download;
  const response = await httpGet({
    ...download,
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
  }).catch((error: unknown) => {
    if (error instanceof SourceError) throw error;
    throw new DownloadCutError(`can't be reached (${describe(error)})`, false, { cause: error });
  });
  try {
    const from = startOfBody(response, have, download.page);
    if (from === undefined) {
      await rm(download.part, { force: true });
      throw new DownloadCutError(`the server can't go on from byte ${have}`, true);
    }
    const length = response.headers["content-length"];
    if (length !== undefined && from + Number(length) !== bytes) {
      throw new SourceError(
        `has a file of ${formatBytes(from + Number(length))}, not of ${formatBytes(bytes)}`,
      );
    }
    await writeBody(response, from, download);
  } finally {
    // an answer that isn't read to its end reports that as an error of its stream
    response.on("error", () => undefined).destroy();
  }
}

/** At which byte of the file the answer's body begins; undefined if the rest that was asked for can't be had. */
function startOfBody(response: IncomingMessage, have: number, page?: string): number | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return 0; // of a server without ranges, too
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
  const file = await writing(open(part, from === 0 ? "w" : "a"));
  try {
    const body = response[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    for (;;) {
      const { value } = await body.next().catch((error: unknown) => {
        throw new DownloadCutError(`the connection broke off (${describe(error)})`, true, { cause: error });
      });
      if (value === undefined) break;
      if (done + value.length > bytes) throw new SourceError("sent more than the file has");
      await writing(file.write(value));
      done += value.length;
      onBytes(done);
    }
    await writing(file.sync());
  } finally {
    await file.close();
  }
  if (done < bytes) throw new DownloadCutError("the connection broke off", true);
}
