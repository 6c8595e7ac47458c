import { open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";

import { explainDiskError, formatBytes } from "../../store/index.js";
import { DownloadCutError } from "../download-cut-error.js";
import { SourceError } from "../source-error.js";
import { describe } from "./describe-error.js";
import type { Download } from "./download-file.js";
import { httpGet } from "./http-get.js";
import { refusal } from "./refusal.js";

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
