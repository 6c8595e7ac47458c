import { Agent, request as http1Request } from "node:http";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";

/** A complete response. */
export interface WholeResponse {
  readonly status: number;
  /** In the order and case received. */
  readonly headers: readonly (readonly [string, string])[];
  header(name: string): string | undefined;
  readonly body: Buffer;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Send = (url: string, path: string, options?: SendOptions) => Promise<WholeResponse>;

/** Sends a request over HTTP/1.1. */
export const sendHttp1: Send = (url, path, { method = "POST", headers = {}, body = "" } = {}) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // keep-alive, as in SDKs: without it Node sends `Connection: close`
    const agent = new Agent({ keepAlive: true });
    const request = http1Request({ hostname, port, path, method, headers, agent }, (response) => {
      collect(response)
        .then((bytes) => resolve(whole(response.statusCode ?? 0, pairs(response.rawHeaders), bytes)), reject)
        .finally(() => agent.destroy());
    });
    request.on("error", reject);
    request.end(body);
  });

/** Sends a request over HTTP/2 with prior knowledge. */
export const sendHttp2: Send = (url, path, { method = "POST", headers = {}, body = "" } = {}) =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(url);
    session.on("error", reject);
    // for a GET Node would otherwise end the stream without a body
    const options = { endStream: false };
    const stream = session.request({ ":method": method, ":path": path, ...headers }, options);
    stream.on("error", reject);
    stream.on("response", (received: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      collect(stream)
        .then((bytes) => resolve(whole(Number(received[":status"]), pairs(rawHeaders), bytes)), reject)
        .finally(() => session.close());
    });
    stream.end(body);
  });

/** Both, for tests that run once over each. */
export const protocols: readonly (readonly [string, Send])[] = [
  ["HTTP/1.1", sendHttp1],
  ["HTTP/2", sendHttp2],
];

/** A TCP connection, with the bytes received so far. */
export interface RawConnection {
  readonly socket: Socket;
  received: string;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
}

export function openRaw(url: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  const connection: RawConnection = {
    socket,
    received: "",
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => (connection.received += chunk.toString("latin1")));
  return connection;
}

export async function collect(readable: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readable) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function whole(status: number, headers: WholeResponse["headers"], body: Buffer): WholeResponse {
  return {
    status,
    headers,
    header: (name) => headers.find(([key]) => key.toLowerCase() === name)?.[1],
    body,
  };
}

export function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ""] as [string, string]] : []));
}
