import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";

import { CUT_MS, type ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { http2Exchange } from "./http2.js";

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
