import type { IncomingMessage } from "node:http";

import type { HuggingFaceSource } from "../catalogue/model-entry.js";
import { DownloadCutError } from "../download-cut-error.js";
import { SourceError } from "../source-error.js";
import { describe } from "./describe-error.js";
import type { DownloadLimits } from "./download-limits.js";
import { httpGet } from "./http-get.js";
import { blobInListing } from "./hub-listing.js";
import { hubEndpoint, hubPage, hubToken, huggingFaceUrl } from "./hugging-face.js";
import { refusal } from "./refusal.js";
import { waitToRetry } from "./wait-to-retry.js";

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
