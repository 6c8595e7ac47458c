import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Behaviour, listen, whole } from "./hub-server.js";

/** Answers a request to the hub itself. Returns false to have it answered as usual. */
export type HubBehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A hub with the files of one repository. */
export interface WeightsHub {
  /** Environment that makes Cria use this hub and no proxy. */
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  /** The requests to the hub itself. */
  readonly requests: IncomingMessage[];
  /** The requests to the hub's storage, on another origin. */
  readonly storageRequests: IncomingMessage[];
}

export interface WeightsHubOptions {
  /** How the hub answers the first requests; it answers further ones as usual. */
  readonly hub?: readonly HubBehaviour[];
  /** How the storage answers the first requests; it answers further ones like the last. */
  readonly storage?: readonly Behaviour[];
  /** Headers that the hub omits, as a mirror may. */
  readonly without?: readonly string[];
  /** Whether the hub's list of files has their checksums. @default true */
  readonly listing?: boolean;
  /** Checksums to send in place of the real ones, by the file's path. */
  readonly sums?: Readonly<Record<string, string>>;
}

/** The commit of every branch on the hub. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/**
 * Starts a hub with the real hub's protocol: it redirects to a storage on another origin. The commit and the file's checksum
 * and size are in the headers of the redirect, and in the list of files.
 *
 * @param files - by path in the repository
 */
export async function startWeightsHub(
  files: Readonly<Record<string, Buffer>>,
  options: WeightsHubOptions = {},
): Promise<WeightsHub> {
  const { hub = [], storage = [], without = [], listing = true, sums = {} } = options;
  const requests: IncomingMessage[] = [];
  const storageRequests: IncomingMessage[] = [];

  const sumOf = (path: string, bytes: Buffer) =>
    sums[path] ?? createHash("sha256").update(bytes).digest("hex");
  const storageUrl = await listen((request, response) => {
    const behaviour = storage[Math.min(storageRequests.length, storage.length - 1)] ?? whole;
    storageRequests.push(request);
    const path = decodeURIComponent((request.url ?? "").slice("/blob/".length));
    behaviour(request, response, files[path] ?? Buffer.alloc(0));
  });
  const url = await listen((request, response) => {
    requests.push(request);
    if (hub[requests.length - 1]?.(request, response) === true) return;
    const [, api, revision, path] =
      /^\/(api\/models\/)?[^/]+\/[^/]+\/(?:resolve|revision)\/([^/?]+)(?:\/(.+)|\?blobs=true)$/u.exec(
        request.url ?? "",
      ) ?? [];
    const commit = /^[0-9a-f]{40}$/u.test(revision ?? "") ? revision : COMMIT;
    if (api !== undefined) {
      const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        ...(listing && { lfs: { sha256: sumOf(rfilename, bytes), size: bytes.length } }),
      }));
      response.end(JSON.stringify({ sha: commit, siblings }));
      return;
    }
    const name = decodeURIComponent(path ?? "");
    const bytes = files[name];
    if (bytes === undefined) {
      response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
      return;
    }
    const headers = Object.entries({
      location: `${storageUrl}/blob/${encodeURIComponent(name)}`,
      "x-repo-commit": commit ?? "",
      "x-linked-size": String(bytes.length),
      "x-linked-etag": `"${sumOf(name, bytes)}"`,
    }).filter(([header]) => !without.includes(header));
    response.writeHead(302, Object.fromEntries(headers)).end();
  });
  return {
    env: { PATH: "/nowhere", HF_ENDPOINT: url, HOME: "/nowhere", OLLAMA_MODELS: "/nowhere" },
    url,
    requests,
    storageRequests,
  };
}

/** Answers with a status, whatever the request. */
export const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}): HubBehaviour =>
  (_request, response) => {
    response.writeHead(status, headers).end();
    return true;
  };
