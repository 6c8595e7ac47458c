import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { CUT_MS, FAREWELL_MS, IGNORED_BODY_BYTES, type ServerLimits, TIMEOUT_CHECK_MS } from "../limits.js";
import type { Connection } from "./connections.js";
import { discardBody } from "./discard-body.js";
import type { Exchange, ResponseHead } from "./exchange.js";
import { namedHost, splitAbsoluteTarget } from "./named-host.js";
import { boundPipelining, PIPELINED_REQUESTS } from "./pipelining.js";

/** An exchange over HTTP/1.1 (or 1.0). */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  limits: ServerLimits,
  connection: Connection,
): Exchange {
  // 'close' follows each error and is handled
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  // `Connection: close`, or HTTP/1.0 without `keep-alive`: at this point the flag depends on the client alone
  const valuesOf = (name: string) => ownValues(request.headersDistinct, name);
  const hosts = valuesOf("host");
  const { path, authority } = splitAbsoluteTarget(request.url ?? "");
  const clientWantsEnd = !response.shouldKeepAlive;
  let unread = false;
  let delaysEnd = false;
  return {
    protocol: "HTTP/1.1",
    connection,
    method: request.method ?? "",
    path,
    host: hasOneHost(hosts, request.httpVersion) ? namedHost([...hosts, authority ?? []].flat()) : undefined,
    get headerNames() {
      return Object.keys(request.headers);
    },
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    headerValues: valuesOf,
    readable: request,
    writable: response,
    get isGone() {
      return request.socket.destroyed || response.destroyed;
    },
    get canTake() {
      // a pipelined one gets the connection once those before it are answered
      return response.socket?.writableNeedDrain === false;
    },
    get isUnread() {
      return hasUnreadBody(request);
    },
    // clients read an answer while they send, so that the head needn't wait: end() drains
    discardBody: () => Promise.resolve(),
    writeHead(head, last) {
      unread = hasUnreadBody(request);
      delaysEnd = clientWantsEnd && head.streamed;
      const keep = response.shouldKeepAlive && !unread && !last;
      response.sendDate = false;
      response.writeHead(head.status, rawHeaders(head.headers, request.httpVersion, keep));
      response.flushHeaders();
    },
    get delaysEnd() {
      return delaysEnd;
    },
    async end() {
      // Ending the response closes a connection that isn't kept alive. Closing it while request bytes still arrive resets it, and the
      // client may lose the response. So the request body is drained first.
      if (unread) await discardBody(request, limits);
      // On a destroyed socket Node would treat end() as a sent response and could handle the pipelined ones behind it out of order,
      // which ends the process (seen in Node 20).
      if (request.socket.destroyed) response.destroy();
      else response.end();
    },
    isComplete: () => response.writableFinished,
    cut(what) {
      const { socket } = request;
      if (what === "stream") {
        socket.destroy();
        return;
      }
      // Node collects what is written in one tick; Node 26 does so in the response, where ending the socket would lose it
      process.nextTick(() => socket.destroySoon());
      const timer = setTimeout(() => socket.destroy(), CUT_MS);
      socket.once("close", () => clearTimeout(timer));
    },
    onGone(callback) {
      response.on("close", () => {
        if (!response.writableFinished) callback();
      });
    },
  };
}

/** A header's values. In Node 20.19 what every object inherits is found too, such as `constructor`, and clients choose the names. */
function ownValues(headers: IncomingMessage["headersDistinct"], name: string): readonly string[] {
  return Object.hasOwn(headers, name) ? (headers[name] ?? []) : [];
}

/** A flat list keeps the names' case and order as Bedrock sends them. */
function rawHeaders(headers: ResponseHead["headers"], httpVersion: string, keep: boolean): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) {
    if (name === "Connection") raw.push(name, keep ? value : "close");
    else if (name !== "Transfer-Encoding" || httpVersion !== "1.0") raw.push(name, value);
  }
  return raw;
}

/** Two headers are ambiguous even if they are equal. HTTP/1.1 asks for one, whatever the target names (RFC 9112, 3.2); HTTP/1.0 doesn't. */
function hasOneHost({ length }: readonly string[], httpVersion: string): boolean {
  return length === 1 || (length === 0 && httpVersion === "1.0");
}

/** Whether more of the request is still to come than Node discards by itself. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  if (headers["transfer-encoding"] !== undefined) return true;
  return Number(headers["content-length"] ?? 0) > IGNORED_BODY_BYTES;
}

/** An HTTP/1.1 server that gets its connections by {@link Http1Server.accept}. */
export interface Http1Server {
  /** The server that listens: Node enforces time-outs only in a server that listens. It accepts no connection by itself. */
  readonly server: Server;
  /** Serves a connection. Its first bytes may have been read and put back. @param socket - over TLS, the TLS socket */
  accept(socket: Socket, connection: Connection): void;
  /** Changes the limits for what comes from now on. */
  limit(limits: ServerLimits): void;
  /** Stops listening, and ends the connections without a request. */
  stop(): void;
}

/** A connection that the server reads. */
interface ServedConnection {
  readonly connection: Connection;
  /** Its responses that haven't ended. */
  readonly responses: Set<ServerResponse>;
}

/** The times as Node calls them, in a server's options and as its properties. */
function timeouts({ headersMs, requestMs, idleMs }: ServerLimits) {
  return {
    headersTimeout: Math.min(headersMs, requestMs),
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
  };
}

/** @param onExchange - called for every request */
export function createHttp1Server(
  atStart: ServerLimits,
  onExchange: (exchange: Exchange) => void,
): Http1Server {
  const served = new Map<Socket, ServedConnection>();
  let limits = atStart;
  const server = createServer(
    {
      // Node's own refusal has no words: `callers` refuses a request without a host
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes,
      ...timeouts(limits),
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => {
      const { socket } = request;
      // what comes behind the last answer gets none
      if (socket.writableEnded) return;
      const one = served.get(socket);
      // HTTP/0.9 has no headers, so nothing tells who asks; llhttp takes some other versions for HTTP/1 too
      if (!one || (request.httpVersion !== "1.1" && request.httpVersion !== "1.0")) {
        socket.destroy();
        return;
      }
      one.responses.add(response);
      response.once("close", () => {
        one.responses.delete(response);
        // the next requests may have come already
        if (!socket.destroyed) socket.resume();
      });
      onExchange(http1Exchange(request, response, limits, one.connection));
    },
  );
  const listeners = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  return {
    server,
    limit(changed) {
      limits = changed;
      Object.assign(server, timeouts(changed));
    },
    accept(socket, connection) {
      const responses = new Set<ServerResponse>();
      served.set(socket, { connection, responses });
      if (socket instanceof TLSSocket) waitForFarewell(socket);
      socket.once("close", () => {
        served.delete(socket);
        for (const response of responses) closeWaiting(response);
      });
      for (const take of listeners) take.call(server, socket);
      boundPipelining(socket, () => responses.size >= PIPELINED_REQUESTS);
      // the server's data listener doesn't restart a paused stream
      socket.resume();
    },
    stop() {
      // http.Server's close() cuts connections whose response has ended but isn't sent yet (seen in Node 20)
      NetServer.prototype.close.call(server);
      for (const [socket, { responses }] of served) if (responses.size === 0) socket.destroySoon();
    },
  };
}

/**
 * Has a connection over TLS that ends wait for the client's farewell, by which TLS ends too (RFC 8446, 6.1). Node closes the socket once its own is sent: the
 * client's then arrives at a closed socket, the system answers it with a reset, and a client that hasn't read the answer yet may lose it (seen on Windows' Node).
 */
function waitForFarewell(socket: TLSSocket): void {
  socket.destroySoon = () => {
    if (socket.writableEnded) return;
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.once("close", () => clearTimeout(timer));
  };
}

/**
 * Closes a response whose connection has closed before its turn came. Pipelined, it waits for those before it, and Node gives it the
 * connection only then: nothing else reports it (seen in Node 20).
 */
function closeWaiting(response: ServerResponse): void {
  if (response.socket !== null || response.writableFinished) return;
  response.destroy();
  response.emit("close");
}
