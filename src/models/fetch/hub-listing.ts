import type { IncomingMessage } from "node:http";

import { SourceError } from "../source-error.js";
import type { HubFile } from "./hub-file.js";

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
