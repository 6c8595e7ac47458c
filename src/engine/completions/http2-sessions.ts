import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { isIP } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

import type { Answer, Asking } from "./answer.js";

/** Streams on one connection where the server allows more: what most servers allow. */
const STREAMS = 100;

/** How long a connection without a request is kept: servers close theirs after 5 s and more, and one that has silently gone isn't found out otherwise. */
const IDLE_MS = 4_000;

/**
 * Connections in HTTP/2 to one server, each for many requests at once, by Node's own client. undici's (7, the last for Node 20) cuts the streams that run when a server
 * says GOAWAY, as proxies do after some number of requests, and sends others twice (measured).
 */
export class Http2Sessions {
  readonly #root: URL;
  readonly #ca: string | undefined;
  readonly #connectMs: number;
  readonly #open = new Set<ClientHttp2Session>();
  /** The connection that is being made, or was the last: requests that come meanwhile wait for it instead of making more. */
  #latest: Promise<ClientHttp2Session | undefined> | undefined;
  /** The number of requests on each connection. */
  readonly #streams = new WeakMap<ClientHttp2Session, number>();

  /** @param root - its host is the server's; `https:` @param ca - certificates that are trusted instead of Node's */
  constructor(root: URL, ca: string | undefined, connectMs: number) {
    this.#root = root;
    this.#ca = ca;
    this.#connectMs = connectMs;
  }

  /**
   * Sends a request.
   *
   * @returns its answer; undefined if the server has no HTTP/2
   * @throws {Error} the connection can't be made, or ends before an answer comes.
   */
  async ask(asking: Asking): Promise<Answer | undefined> {
    const session = await this.#free();
    if (!session) return undefined;
    return this.#send(session, asking);
  }

  /** Cuts all connections. */
  close(): void {
    for (const session of this.#open) session.destroy();
  }

  /** A connection with a place for a request, which it now has; undefined if the server has no HTTP/2. */
  async #free(): Promise<ClientHttp2Session | undefined> {
    for (;;) {
      for (const session of this.#open) if (this.#reserve(session)) return session;
      const latest = this.#latest;
      if (latest) {
        const session = await latest;
        if (!session || this.#reserve(session)) return session;
        // others that waited may have taken all its places, and one of them makes another
        if (this.#latest !== latest) continue;
      }
      const making = this.#connect();
      this.#latest = making;
      making.catch(() => {
        if (this.#latest === making) this.#latest = undefined;
      });
    }
  }

  #reserve(session: ClientHttp2Session): boolean {
    if (session.closed || session.destroyed) return false;
    const streams = this.#streams.get(session) ?? 0;
    if (streams >= Math.min(STREAMS, session.remoteSettings.maxConcurrentStreams ?? STREAMS)) return false;
    this.#streams.set(session, streams + 1);
    return true;
  }

  #release(session: ClientHttp2Session): void {
    this.#streams.set(session, (this.#streams.get(session) ?? 1) - 1);
  }

  async #connect(): Promise<ClientHttp2Session | undefined> {
    const socket = await this.#connectSocket();
    if (socket.alpnProtocol !== "h2") {
      socket.destroy();
      return undefined;
    }
    const session = connectHttp2(this.#root, { createConnection: () => socket });
    this.#open.add(session);
    session.once("close", () => this.#open.delete(session));
    // each of its streams has the error too
    session.on("error", () => undefined);
    session.setTimeout(IDLE_MS, () => {
      if ((this.#streams.get(session) ?? 0) === 0) session.close();
    });
    return session;
  }

  #connectSocket(): Promise<TLSSocket> {
    const { hostname, port } = this.#root;
    const host = hostname.replace(/^\[|\]$/gu, "");
    return new Promise((resolve, reject) => {
      const socket = connectTls({
        ...{ host, port: Number(port || 443), ALPNProtocols: ["h2", "http/1.1"] },
        ...(isIP(host) === 0 && { servername: host }),
        ...(this.#ca !== undefined && { ca: this.#ca }),
      });
      const late = () => {
        const what = socket.connecting ? "no connection" : "it accepts connections, but there is no TLS";
        socket.destroy(new Error(`${what} within ${this.#connectMs / 1000} s`));
      };
      const timer = setTimeout(late, this.#connectMs);
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      socket.once("secureConnect", () => {
        clearTimeout(timer);
        resolve(socket);
      });
    });
  }

  #send(session: ClientHttp2Session, { method, path, headers, body, signal }: Asking): Promise<Answer> {
    let stream: ClientHttp2Stream;
    try {
      signal.throwIfAborted();
      const head = { ...headers, ":method": method, ":path": path };
      stream = session.request(head, { endStream: body === undefined });
    } catch (error) {
      this.#release(session);
      throw error;
    }
    const cancel = () => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener("abort", cancel, { once: true });
    stream.once("close", () => {
      signal.removeEventListener("abort", cancel);
      this.#release(session);
    });
    if (body !== undefined) stream.end(body);
    return answerOf(stream, signal);
  }
}

function answerOf(stream: ClientHttp2Stream, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answered = false;
    stream.once("response", (headers: IncomingHttpHeaders & { ":status"?: number }) => {
      answered = true;
      resolve({ statusCode: headers[":status"] ?? 0, headers, body: stream });
    });
    // afterwards whoever reads the body gets the error
    stream.once("error", (error) => {
      if (!answered) reject(isRefused(stream) ? closed() : error);
    });
    stream.once("close", () => {
      if (!answered) reject(signal.aborted ? (signal.reason as Error) : closed());
    });
  });
}

/** Whether the server says that it hasn't begun to work on the request. */
function isRefused({ rstCode }: ClientHttp2Stream): boolean {
  return rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

/** The error of a connection that ended before an answer: another may be tried. */
function closed(): Error {
  return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
}
