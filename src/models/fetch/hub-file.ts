import type { IncomingMessage } from "node:http";

import type { HuggingFaceSource } from "../catalogue/index.js";
import { DownloadCutError, SourceError } from "../errors.js";
import type { DownloadLimits } from "./download-limits.js";
import { httpGet } from "./http-get.js";
import { hubEndpoint, hubPage, hubToken, huggingFaceUrl } from "./hugging-face.js";
import { describe, refusal, waitToRetry } from "./retry.js";

/** What the hub says of a file. */
export interface HubFile {
  /** The commit that the revision stands for. */
  readonly commit: string;
  readonly bytes: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

/** How the hub is asked. */
export interface HubQuery {
  readonly env: NodeJS.ProcessEnv;
  readonly limits: DownloadLimits;
  readonly signal: AbortSignal;
}

/** A Git commit, and a SHA-256. Anything else in a header isn't one. */
const COMMIT = /^[0-9a-f]{40}$/u;
const SHA256 = /^[0-9a-f]{64}$/u;

/** Whether a revision is a commit, and no branch that moves on. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Asks the hub which bytes a file has, without fetching it: in the headers of the answer that redirects to its storage, and
 * where a mirror leaves those out, in the list of the revision's files.
 *
 * @throws {SourceError} {@link GatedModelError} the hub refuses, can't be reached, or says too little
 * @throws `signal.reason` once aborted
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
  throw new SourceError("doesn't say which bytes the file has, so that it can't be checked");
}

/** One request to the hub itself, tried again where that may help. */
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
        stayHere: true,
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
      if (!(error instanceof SourceError)) throw new SourceError(`can't be reached (${describe(error)})`);
      if (!(error instanceof DownloadCutError)) throw error;
      await waitToRetry(error, failures, limits, signal);
    }
  }
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

/** Repositories of thousands of files stay below; more is no list of a model's files. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The parts of the hub's answer that are used. */
interface Listing {
  readonly sha?: unknown;
  readonly siblings?: readonly {
    readonly rfilename?: unknown;
    readonly size?: unknown;
    readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown };
  }[];
}

/**
 * Finds a file in the hub's list of a revision's files.
 *
 * @returns undefined where it isn't there, or without its checksum
 * @throws {SourceError} the answer is no such list
 */
export async function blobInListing(response: IncomingMessage, path: string): Promise<HubFile | undefined> {
  const listing = parse(await read(response));
  const file = listing.siblings?.find(({ rfilename }) => rfilename === path);
  const [commit, sha256, bytes] = [listing.sha, file?.lfs?.sha256, file?.lfs?.size ?? file?.size];
  if (typeof commit !== "string" || typeof sha256 !== "string" || typeof bytes !== "number") return undefined;
  return { commit, sha256, bytes };
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw new SourceError("sent too long a list of files");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parse(text: string): Listing {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // told below
  }
  throw new SourceError("sent no list of files");
}
