import { createServer, type Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";

import { type ServerLimits, TIMEOUT_CHECK_MS } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { http1Exchange } from "./http1.js";

/** An HTTP/1.1 server that is given its connections. */
export interface Http1Server {
  /** The one that listens: one that never listens doesn't enforce its own time-outs. It takes no connection by itself. */
  readonly server: Server;
  /** Serves a connection, which may have been paused and had its first bytes put back. */
  take(socket: Socket): void;
  /** Listens no more, and ends the connections without a request. */
  stop(): void;
}

/** @param onExchange - called with every request */
export function createHttp1Server(
  limits: ServerLimits,
  onExchange: (exchange: Exchange) => void,
): Http1Server {
  /** How many requests of each connection are being answered. */
  const running = new Map<Socket, number>();
  const count = (socket: Socket, change: 1 | -1) => {
    const before = running.get(socket);
    if (before !== undefined) running.set(socket, before + change);
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(limits.headersMs, limits.requestMs),
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => {
      const { socket } = request;
      count(socket, 1);
      response.once("close", () => count(socket, -1));
      onExchange(http1Exchange(request, response, limits));
    },
  );
  server.maxConnections = limits.connections;
  const listeners = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  return {
    server,
    take(socket) {
      running.set(socket, 0);
      socket.once("close", () => running.delete(socket));
      for (const take of listeners) take.call(server, socket);
      // it listens for data, but a stream that was paused doesn't flow again by that
      socket.resume();
    },
    stop() {
      // its own way to close cuts connections whose response has ended but not yet left (seen in Node 20)
      NetServer.prototype.close.call(server);
      for (const [socket, requests] of running) if (requests === 0) socket.destroySoon();
    },
  };
}
