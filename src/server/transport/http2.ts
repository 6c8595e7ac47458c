import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";

import { CUT_MS, type ServerLimits } from "../limits.js";
import type { Exchange, ResponseHead } from "./exchange.js";

/** An exchange over HTTP/2. @param rawHeaders - names and values in turn: `headers` joins those of one name */
function http2Exchange(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): Exchange {
  // A client that resets with NO_ERROR, as the SDK for JavaScript does on an abort, makes Node end our side by itself.
  let ended = false;
  // A stream that both sides have ended closes without a 'finish', and before its last write is told to have left; one that
  // broke off has an error code.
  const isComplete = () =>
    ended && (stream.writableFinished || (stream.closed && stream.rstCode === constants.NGHTTP2_NO_ERROR));
  // an error here is followed by 'close', which tells the same
  stream.on("error", () => undefined);
  return {
    protocol: "HTTP/2",
    method: text(headers[":method"]) ?? "",
    path: text(headers[":path"]) ?? "",
    header: (name) => text(headers[name]),
    headerValues: (name) => rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1] === name),
    readable: stream,
    writable: stream,
    writeHead(head) {
      if (stream.destroyed || stream.closed) return;
      stream.respond({ ":status": head.status, ...withoutConnection(head.headers) });
    },
    // a stream has an end of its own here, and its connection goes on
    endsLate: false,
    end() {
      ended = true;
      stream.end();
      // what is still to come of the request isn't wanted: RFC 9113, 8.1
      if (!stream.readableEnded) stream.once("finish", () => stream.close(constants.NGHTTP2_NO_ERROR));
      // what came is let go: a stream that holds some of it never closes, nor does its connection
      stream.resume();
      return Promise.resolve();
    },
    isComplete,
    cut(what) {
      const { session } = stream;
      const timer = setTimeout(() => session?.destroy(), CUT_MS);
      stream.once("close", () => clearTimeout(timer));
      // CANCEL would look to JavaScript and Java like an end of the stream (measured)
      if (what === "stream") stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      // the answer to a ping says that the client has got all that was sent before
      else if (!session?.destroyed) session?.ping(() => session.destroy());
    },
    onGone(callback) {
      let told = false;
      const tell = () => {
        if (!told && !isComplete()) callback();
        told = true;
      };
      stream.on("aborted", tell);
      stream.on("close", tell);
    },
  };
}

/** HTTP/2 frames and connections carry what these say; a client must refuse a response that has them. */
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

/** An HTTP/2 server that is given its connections. */
export interface Http2Server {
  /** Serves a connection, which may have been paused and had its first bytes put back. */
  take(socket: Socket): void;
  /** Takes no new requests, and ends each connection once it has none. */
  close(): void;
}

/** Ends a session without a request. It waits for what it has begun to read, half a frame perhaps, but not for long. */
function endSession(session: ServerHttp2Session): void {
  session.close();
  const timer = setTimeout(() => session.destroy(), CUT_MS);
  session.once("close", () => clearTimeout(timer));
}

/** @param onExchange - called with every request */
export function createHttp2Server(
  limits: ServerLimits,
  onExchange: (exchange: Exchange) => void,
): Http2Server {
  const server = createServer({
    maxHeaderListPairs: 128,
    settings: {
      maxConcurrentStreams: limits.streamsPerConnection,
      maxHeaderListSize: limits.headerBytes,
      enablePush: false,
    },
  });
  const open = new Set<ServerHttp2Session>();
  let closing = false;
  server.on("session", (session) => {
    open.add(session);
    if (closing) session.close();
    session.on("close", () => open.delete(session));
    let streams = 0;
    session.on("stream", (stream) => {
      streams += 1;
      stream.once("close", () => (streams -= 1));
    });
    // a stream that is silent for long may only be slow, and its next frame starts the time anew
    session.setTimeout(limits.idleMs, () => {
      if (streams === 0) endSession(session);
    });
  });
  server.on("sessionError", () => undefined);
  const onStream = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: string[],
  ) => onExchange(http2Exchange(stream, headers, rawHeaders));
  server.on("stream", onStream);
  return {
    take(socket) {
      // an HTTP/1.1 server keeps sockets half open, but a client that ends an HTTP/2 connection is gone
      socket.allowHalfOpen = false;
      server.emit("connection", socket);
    },
    close() {
      closing = true;
      for (const session of open) session.close();
    },
  };
}
