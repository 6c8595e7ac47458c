import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { beforeEach, onTestFinished, vi } from "vitest";

import type { KnownModelEntry, ModelEntry } from "../../../src/models/index.js";

/** Answers one request, given the bytes of the file. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, file: Buffer) => void;

/** Makes the tests of a file ignore the proxy that this machine may need: their servers are on loopback. */
export function ignoreProxies(): void {
  beforeEach(() => {
    for (const name of ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]) {
      vi.stubEnv(name, undefined);
      vi.stubEnv(name.toUpperCase(), undefined);
    }
    return () => vi.unstubAllEnvs();
  });
}

/** Starts an HTTP server on loopback for one test. @returns its URL */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Hub {
  /** Environment that makes Cria use this hub and no proxy. */
  readonly env: NodeJS.ProcessEnv;
  /** The requests to the hub itself, which redirects. */
  readonly requests: IncomingMessage[];
  /** The requests to the hub's storage, on another origin. */
  readonly storageRequests: IncomingMessage[];
}

/**
 * Starts a hub with one file. Like the real hub, it redirects to its storage.
 *
 * @param behaviours - how the storage answers the first requests; it answers further ones like the last
 */
export async function startHub(file: Buffer, ...behaviours: Behaviour[]): Promise<Hub> {
  const requests: IncomingMessage[] = [];
  const storageRequests: IncomingMessage[] = [];
  const storage = await listen((request, response) => {
    const behaviour = behaviours[Math.min(storageRequests.length, behaviours.length - 1)] ?? whole;
    storageRequests.push(request);
    behaviour(request, response, file);
  });
  const hub = await listen((request, response) => {
    requests.push(request);
    if (request.url === "/owner/tiny-GGUF/resolve/c0ffee/tiny%20model.gguf") {
      response.writeHead(302, { location: `${storage}/blob?signature=a%2Fb`, "x-linked-size": file.length });
    } else {
      response.writeHead(404);
    }
    response.end("elsewhere");
  });
  return { env: { PATH: "/nowhere", HF_ENDPOINT: `${hub}/` }, requests, storageRequests };
}

/** Sends the file, or the requested range of it. */
export const whole: Behaviour = (request, response, file) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const partial = from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` };
  response.writeHead(partial ? 206 : 200, { "content-length": file.length - from, ...partial });
  response.end(file.subarray(from));
};

/** Sends some of the requested bytes, then closes the connection. */
export const cutAfter =
  (bytes: number): Behaviour =>
  (request, response, file) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const partial = from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` };
    response.writeHead(partial ? 206 : 200, { "content-length": file.length - from, ...partial });
    response.write(file.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 20));
  };

/** Sends some bytes, then stalls. */
export const stallAfter =
  (bytes: number): Behaviour =>
  (_request, response, file) => {
    response.writeHead(200, { "content-length": file.length });
    response.write(file.subarray(0, bytes));
  };

export const status =
  (code: number): Behaviour =>
  (_request, response) =>
    response.writeHead(code).end("no");

/** Sends these bytes, whatever the request. */
export const sends =
  (bytes: Buffer): Behaviour =>
  (_request, response) =>
    response.end(bytes);

/** Never responds. */
export const silent: Behaviour = () => undefined;

/**
 * Starts an HTTP proxy for tunnels.
 *
 * @param behave - receives the client's connection, the host and port that it asks for, and its headers
 */
export async function startProxy(
  behave: (client: Duplex, target: string, headers: IncomingHttpHeaders) => unknown,
): Promise<{ proxy: string; asked: string[] }> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer().on("connect", (request, client) => {
    asked.push(String(request.url));
    open.add(client);
    client.on("error", () => undefined).on("close", () => open.delete(client));
    behave(client, String(request.url), request.headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const client of open) client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The bytes of a small model. */
export function tinyModel(bytes = 300_000): Buffer {
  return Buffer.concat([Buffer.from("GGUF"), randomBytes(bytes - 4)]);
}

/** A catalogue entry for a small model on the test's hub. */
export function tinyEntry(file: Buffer, ...furtherSources: ModelEntry["sources"]): KnownModelEntry {
  const source = { kind: "hugging-face", repository: "owner/tiny-GGUF", revision: "c0ffee" } as const;
  return {
    name: "Tiny",
    fileName: "tiny.gguf",
    bytes: file.length,
    sha256: createHash("sha256").update(file).digest("hex"),
    license: "CC0-1.0",
    contextSize: 64,
    modelIds: [],
    notes: "",
    sources: [{ ...source, file: "tiny model.gguf" }, ...furtherSources],
  };
}

/** Short pauses between attempts, and time for a busy machine to answer. */
export const quick = {
  connectMs: 60_000,
  idleMs: 60_000,
  retries: 3,
  retryDelayMs: 5,
  maxRetryAfterMs: 1000,
};

/** For what never answers. */
export const impatient = { ...quick, connectMs: 500, idleMs: 300 };
