import { createServer as createHttp1Server, type Server } from "node:http";
import {
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";

import { PortInUseError } from "../errors/port-in-use-error.js";
import { TIMEOUT_CHECK_MS, type ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { http1Exchange } from "./http1.js";
import { http2Exchange } from "./http2.js";
import { sniffProtocol } from "./protocol-sniffer.js";

/** One port that speaks HTTP/1.1 and, to clients that begin with its preface, HTTP/2. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections, and ends those without a request. */
  stop(): void;
  /** Ends all connections once what was written has left; resolves when they are closed, after `flushMs` at the latest. */
  close(flushMs: number): Promise<void>;
}

/**
 * The HTTP/1.1 server is the one that listens: one that never listens doesn't enforce its own time-outs.
 *
 * @param onExchange - called with every request
 * @throws {PortInUseError}
 */
export async function listen(
  host: string,
  port: number,
  limits: ServerLimits,
  onExchange: (exchange: Exchange) => void,
): Promise<Listener> {
  const http1 = createHttp1Server(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => onExchange(http1Exchange(request, response, limits)),
  );
  http1.maxConnections = limits.connections;
  const sessions = serveHttp2(limits, onExchange);
  const sockets = new Set<Socket>();
  const takeHttp1 = http1.listeners("connection") as ((socket: Socket) => void)[];
  http1.removeAllListeners("connection");
  http1.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    sniffProtocol(socket, limits.prefaceMs, (protocol) => {
      if (protocol === "HTTP/2") sessions.take(socket);
      else {
        for (const take of takeHttp1) take.call(http1, socket);
        // it listens for data, but a stream that was paused doesn't flow again by that
        socket.resume();
      }
    });
  });
  await startListening(http1, host, port);
  const closed = new Promise((resolve) => http1.once("close", resolve));
  return {
    port: (http1.address() as AddressInfo).port,
    stop() {
      http1.close();
      sessions.close();
    },
    async close(flushMs) {
      http1.closeIdleConnections();
      for (const socket of sockets) socket.destroySoon();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, flushMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function serveHttp2(limits: ServerLimits, onExchange: (exchange: Exchange) => void) {
  const server = createHttp2Server({
    maxHeaderListPairs: 128,
    settings: {
      maxConcurrentStreams: limits.streamsPerConnection,
      maxHeaderListSize: limits.headerBytes,
      enablePush: false,
    },
  });
  const open = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    open.add(session);
    session.on("close", () => open.delete(session));
    let streams = 0;
    session.on("stream", (stream) => {
      streams += 1;
      stream.once("close", () => (streams -= 1));
    });
    // a stream that is silent for long may only be slow, and its next frame starts the time anew
    session.setTimeout(limits.idleMs, () => {
      if (streams === 0) session.close();
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
    take(socket: Socket) {
      // an HTTP/1.1 server keeps sockets half open, but a client that ends an HTTP/2 connection is gone
      socket.allowHalfOpen = false;
      server.emit("connection", socket);
    },
    close() {
      for (const session of open) session.close();
    },
  };
}

function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortInUseError(host, port, { cause: error }) : error);
    });
    server.listen({ host, port }, resolve);
  });
}
