import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { onTestFinished } from "vitest";

import type { KnownModelEntry, ModelEntry } from "../../../src/models/index.js";

/** Answers one request; the file's bytes are given. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, file: Buffer) => void;

/** Starts an HTTP server on loopback for one test. */
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
  /** What reached the hub itself, which redirects. */
  readonly requests: IncomingMessage[];
  /** What reached the storage that the hub redirects to, on another origin. */
  readonly storageRequests: IncomingMessage[];
}

/**
 * A hub with one file, which redirects to a storage as the real one does.
 *
 * @param behaviours - what the storage does with the first requests; further ones are answered as the last
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

/** The file, or the part of it that is asked for. */
export const whole: Behaviour = (request, response, file) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const partial = from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` };
  response.writeHead(partial ? 206 : 200, { "content-length": file.length - from, ...partial });
  response.end(file.subarray(from));
};

/** Sends some bytes of what is asked for, then cuts the connection. */
export const cutAfter =
  (bytes: number): Behaviour =>
  (request, response, file) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const partial = from > 0 && { "content-range": `bytes ${from}-${file.length - 1}/${file.length}` };
    response.writeHead(partial ? 206 : 200, { "content-length": file.length - from, ...partial });
    response.write(file.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 20));
  };

/** Sends some bytes, then nothing more. */
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

/** Sends these bytes, whatever is asked for. */
export const sends =
  (bytes: Buffer): Behaviour =>
  (_request, response) =>
    response.end(bytes);

/** Never answers. */
export const silent: Behaviour = () => undefined;

/**
 * An HTTP proxy that is asked for tunnels.
 *
 * @param behave - gets the client's connection, the host and port it wants, and its headers
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

/** Bytes of a small model. */
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

/** Short waits, so that tests of failures are fast. */
export const quick = { connectMs: 500, silenceMs: 300, retries: 3, retryDelayMs: 5, longestWaitMs: 1000 };
