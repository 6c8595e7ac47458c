import type { IncomingMessage } from "node:http";

import { parseJson } from "../../bedrock/index.js";
import type { HuggingFaceSource } from "../catalogue/index.js";
import { DownloadCutError, SourceError } from "../errors.js";
import type { FetchJob } from "./fetch-job.js";
import { httpGet } from "./http-get.js";
import { hubEndpoint, hubPage, hubToken, huggingFaceUrl } from "./hugging-face.js";
import { reasonOf, refusal, waitToRetry } from "./retry.js";

/** The hub's facts about a file. */
export interface HubFile {
  /** The commit that the revision stands for. */
  readonly commit: string;
  readonly bytes: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

type HubQuery = Pick<FetchJob, "env" | "limits" | "signal">;

const COMMIT = /^[0-9a-f]{40}$/u;
const SHA256 = /^[0-9a-f]{64}$/u;

/** Whether a revision is a commit rather than a branch, which moves. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Asks the hub for the commit, size and checksum of a file. They are in the headers of the redirect to the hub's storage; if a
 * mirror omits them, they are read from the list of the revision's files.
 *
 * @throws {SourceError} {@link GatedModelError} the hub cannot be reached, refuses, or says too little
 * @throws `signal.reason` if aborted
 */
export async function askHub(source: HuggingFaceSource, query: HubQuery): Promise<HubFile> {
  const { headers } = await ask(huggingFaceUrl(source, query.env), "HEAD", source, query);
  const commit = single(headers["x-repo-commit"]);
  const sha256 = single(headers["x-linked-etag"])?.replace(/^(?:W\/)?"|"$/gu, "");
  const bytes = Number(single(headers["x-linked-size"]) ?? Number.NaN);
  if (commit !== undefined && COMMIT.test(commit) && sha256 !== undefined && SHA256.test(sha256) && bytes > 0)
    return { commit, bytes, sha256 };

  const url = `${hubEndpoint(query.env)}/api/models/${source.repository}/revision/${source.revision}?blobs=true`;
  const found = await blobInListing(await ask(url, "GET", source, query), source.file);
  if (found !== undefined && COMMIT.test(found.commit) && SHA256.test(found.sha256)) return found;
  throw new SourceError("gives no checksum and size of the file, so a download can't be checked");
}

/** Sends a request to the hub itself, with retries. */
async function ask(
  url: string,
  method: "GET" | "HEAD",
  source: HuggingFaceSource,
  query: HubQuery,
): Promise<IncomingMessage> {
  const { env, limits, signal } = query;
  for (let failures = 0; ; failures++) {
    try {
      const response = await httpGet({
        url,
        method,
        sameOrigin: true,
        headers: {},
        token: hubToken(env),
        limits,
        signal,
      });
      const { statusCode = 0 } = response;
      response.on("error", () => undefined);
      if (method === "HEAD") response.destroy();
      if (statusCode < 400) return response;
      response.destroy();
      throw refusal(response, hubPage(source, env));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SourceError))
        throw new SourceError(`can't be reached (${reasonOf(error)})`, { cause: error });
      if (!(error instanceof DownloadCutError)) throw error;
      await waitToRetry(error, failures, limits, signal);
    }
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

/**
 * The longest list of files, in bytes. A file takes some 250 bytes in it (its name, size, and checksums), so this is a repository of 8,000 files;
 * those of the catalogue have fewer than 200. `JSON.parse` may take a hundred times as much memory, which {@link parseJson} bounds
 * by the number of values.
 */
const MAX_LIST_BYTES = 2 * 1024 * 1024;

/** The parts of the hub's response that are used. */
interface Listing {
  readonly sha?: unknown;
  readonly siblings?: unknown;
}

interface ListedFile {
  readonly rfilename?: unknown;
  readonly size?: unknown;
  readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown } | null;
}

/**
 * Finds a file in the hub's list of a revision's files.
 *
 * @returns undefined if the file or its checksum is not in the list
 * @throws {SourceError} the response is not such a list
 */
async function blobInListing(response: IncomingMessage, path: string): Promise<HubFile | undefined> {
  const listing = parse(await read(response));
  const files = Array.isArray(listing.siblings) ? (listing.siblings as readonly (ListedFile | null)[]) : [];
  const file = files.find((each) => each?.rfilename === path);
  const [commit, sha256, bytes] = [listing.sha, file?.lfs?.sha256, file?.lfs?.size ?? file?.size];
  if (typeof commit !== "string" || typeof sha256 !== "string" || typeof bytes !== "number") return undefined;
  return { commit, sha256, bytes };
}

/** Reads no more than the bound, and ends the connection there. */
async function read(response: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_LIST_BYTES) throw new SourceError(TOO_LONG);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const TOO_LONG = "sent a list of files that is too long";

function parse(body: Uint8Array): Listing {
  try {
    const value: unknown = parseJson(body);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if (error instanceof RangeError) throw new SourceError(TOO_LONG, { cause: error });
    // anything else is no list
  }
  throw new SourceError("did not send a list of files");
}
