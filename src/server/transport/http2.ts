import {
  constants,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";

import { TooManyResetsError } from "../errors.js";
import { CUT_MS, type ServerLimits } from "../limits.js";
import type { Connection } from "./connections.js";
import { discardBody } from "./discard-body.js";
import type { Exchange, ResponseHead } from "./exchange.js";
import { namedHost } from "./named-host.js";

/** Headers of a request: Node's own default, written down since it bounds what a caller costs. */
const MAX_HEADER_PAIRS = 128;

/** An exchange over HTTP/2. @param rawHeaders - names and values in turn; `headers` joins the values of repeated names */
function http2Exchange(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  limits: ServerLimits,
  connection: Connection,
): Exchange {
  // When a client resets with NO_ERROR, as the SDK for JavaScript does on abort, Node ends our side by itself: so end() is tracked here.
  let ended = false;
  // A stream that both sides have ended closes without 'finish', before its last write's callback; an aborted one has an error code.
  const isComplete = () =>
    ended && (stream.writableFinished || (stream.closed && stream.rstCode === constants.NGHTTP2_NO_ERROR));
  // 'close' follows each error and is handled
  stream.on("error", () => undefined);
  return {
    protocol: "HTTP/2",
    connection,
    method: text(headers[":method"]) ?? "",
    path: text(headers[":path"]) ?? "",
    host: namedHost([headers[":authority"] ?? [], headers.host ?? []].flat()),
    get headerNames() {
      return Object.keys(headers).filter((name) => !name.startsWith(":"));
    },
    header: (name) => text(headers[name]),
    headerValues: (name) => rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1] === name),
    readable: stream,
    writable: stream,
    get isGone() {
      return stream.destroyed || stream.closed;
    },
    get canTake() {
      const { session } = stream;
      return session !== undefined && !session.destroyed && hasWindow(session);
    },
    get isUnread() {
      return !stream.endAfterHeaders && !stream.readableEnded;
    },
    discardBody: (signal) => discardBody(stream, limits, signal),
    writeHead(head) {
      if (stream.destroyed || stream.closed) return;
      stream.respond({ ":status": head.status, ...withoutConnection(head.headers) });
    },
    // ending a stream doesn't end the connection
    delaysEnd: false,
    end() {
      ended = true;
      stream.end();
      // asks the client to stop sending the request (RFC 9113, 8.1)
      if (!stream.readableEnded) stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
      // discards what arrived: a stream with unread data never closes, and neither does its connection
      stream.resume();
      return Promise.resolve();
    },
    isComplete,
    cut(what) {
      const { session } = stream;
      const timer = setTimeout(() => session?.destroy(), CUT_MS);
      stream.once("close", () => clearTimeout(timer));
      // a stream with unread data never closes, and neither does its connection
      stream.resume();
      // the SDKs for JavaScript and Java take CANCEL for a normal end of the stream (measured)
      if (what === "stream") stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      // the reply to a ping shows that the client has received everything sent before
      else if (session && !session.destroyed) session.ping(() => session.destroy());
    },
    onGone(callback) {
      let notified = false;
      const notify = () => {
        if (!notified && !isComplete()) callback();
        notified = true;
      };
      stream.on("aborted", notify);
      stream.on("close", notify);
    },
  };
}

/**
 * Whether a client lets a new stream send something: its connection's window isn't used up, and none of its streams begins with less than the
 * window that the protocol gives it. No SDK sets a smaller one. Node doesn't tell a single stream's window.
 */
function hasWindow({ state, remoteSettings }: Http2Session): boolean {
  const { initialWindowSize = DEFAULT_WINDOW } = remoteSettings;
  return (state.remoteWindowSize ?? DEFAULT_WINDOW) > 0 && initialWindowSize >= DEFAULT_WINDOW;
}

/** The window of a stream, in bytes, unless the client sets another (RFC 9113, 6.9.2). */
const DEFAULT_WINDOW = 65_535;

/** Headers that HTTP/2 forbids: a client must reject a response that has them (RFC 9113, 8.2.2). */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(["connection", "transfer-encoding"]);

function withoutConnection(headers: ResponseHead["headers"]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!CONNECTION_HEADERS.has(lower)) kept[lower] = value;
  }
  return kept;
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** An HTTP/2 server that gets its connections by {@link Http2Server.accept}. */
export interface Http2Server {
  /** Serves a connection. Its first bytes may have been read and put back. @param socket - over TLS, the TLS socket */
  accept(socket: Socket, connection: Connection): void;
  /** Changes the limits for connections and requests that come from now on. */
  limit(limits: ServerLimits): void;
  /** Stops accepting requests, and ends each connection once its requests are done. */
  close(): void;
}

/**
 * Makes whoever destroys a session do so once Node has dealt with all frames that it has just read: Cria, and Node itself, which does it at a
 * client's GOAWAY with an error. In the middle of them, Node 22 ends the whole process at the body of the next request (its assertion
 * `onread->IsFunction()`, seen in 22.23; 20, 24, 25 and 26 don't).
 *
 * @param onDestroy - called at once: what Node still reads isn't to be begun
 */
function destroyAfterRead(session: ServerHttp2Session, onDestroy: () => void): void {
  const destroy = session.destroy.bind(session);
  session.destroy = (error, code) => {
    onDestroy();
    setImmediate(() => destroy(error, code));
  };
}

/**
 * Ends a session without a request. close() waits for a frame that is half read, and even destroy() then waits for the client's end, which never
 * comes from a machine that has gone: so a timer bounds both.
 *
 * @param socket - the session's own, which Node lets nobody destroy by way of the session
 */
function endSession(session: ServerHttp2Session, socket: Socket): void {
  session.close();
  const timer = setTimeout(() => {
    session.destroy();
    socket.destroy();
  }, CUT_MS);
  session.once("close", () => clearTimeout(timer));
}

/**
 * Counts the requests of a connection that its client resets before it has an answer. A client that cancels all that it may have open does that
 * once; as many again are forgiven each second, so that one which cancels all the time doesn't reach the bound. One that floods
 * (CVE-2023-44487) reaches it within its first packets.
 */
class ResetCounter {
  readonly #most: number;
  #counted = 0;
  #at = 0;

  /** @param most - at once, and each second */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one. @param now - in ms of `performance.now()` @returns whether there are too many */
  add(now: number): boolean {
    const forgiven = ((now - this.#at) / 1_000) * this.#most;
    this.#counted = Math.max(0, this.#counted - forgiven) + 1;
    this.#at = now;
    return this.#counted > this.#most;
  }
}

/** @param onExchange - called for every request */
export function createHttp2Server(
  atStart: ServerLimits,
  onExchange: (exchange: Exchange) => void,
): Http2Server {
  let limits = atStart;
  const server = createServer({
    maxHeaderListPairs: MAX_HEADER_PAIRS,
    settings: {
      maxConcurrentStreams: limits.streamsPerConnection,
      maxHeaderListSize: limits.headerBytes,
      enablePush: false,
    },
  });
  const open = new Set<ServerHttp2Session>();
  let closing = false;
  // set while a connection is accepted: its session is made at once
  let accepted: { readonly socket: Socket; readonly connection: Connection } | undefined;
  server.on("session", (session) => {
    if (!accepted) {
      session.destroy();
      return;
    }
    const { socket, connection } = accepted;
    open.add(session);
    if (closing) session.close();
    session.on("close", () => open.delete(session));
    const { streamsPerConnection } = limits;
    const resets = new ResetCounter(streamsPerConnection);
    let isEnding = false;
    destroyAfterRead(session, () => (isEnding = true));
    const calmDown = () => {
      if (!isEnding) session.destroy(new TooManyResetsError(), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    };
    let streams = 0;
    const onStream = (
      stream: ServerHttp2Stream,
      headers: IncomingHttpHeaders,
      _flags: number,
      rawHeaders: string[],
    ) => {
      if (isEnding) {
        stream.on("error", () => undefined);
        return;
      }
      streams += 1;
      stream.once("close", () => {
        streams -= 1;
        // the time-out that has passed meanwhile doesn't come back by itself
        if (streams === 0) session.setTimeout(limits.idleMs);
        if (!stream.headersSent && resets.add(performance.now())) calmDown();
      });
      onExchange(http2Exchange(stream, headers, rawHeaders, limits, connection));
      // more than may be open at once: the others were reset in the same read, and haven't been reported yet
      if (streams > 2 * streamsPerConnection) calmDown();
    };
    session.on("stream", onStream);
    // a session with open streams may just be slow; setTimeout() would call a callback only once
    session.on("timeout", () => {
      if (streams === 0) endSession(session, socket);
    });
    session.setTimeout(limits.idleMs);
  });
  server.on("sessionError", () => undefined);
  return {
    accept(socket, connection) {
      // http.Server allows half-open sockets, but a client that ends an HTTP/2 connection has gone
      socket.allowHalfOpen = false;
      accepted = { socket, connection };
      server.emit("connection", socket);
      accepted = undefined;
    },
    limit(changed) {
      limits = changed;
      server.updateSettings({ maxConcurrentStreams: changed.streamsPerConnection });
    },
    close() {
      closing = true;
      for (const session of open) session.close();
    },
  };
}
