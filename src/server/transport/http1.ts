import type { IncomingMessage, ServerResponse } from "node:http";

import type { ApiResponse } from "../api-response.js";
import { CUT_MS, IGNORED_BODY_BYTES, type ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { runOut } from "./run-out.js";

/** An exchange over HTTP/1.1 (or 1.0). */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  limits: ServerLimits,
): Exchange {
  // an error here is followed by 'close', which tells the same
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  let unread = false;
  return {
    protocol: "HTTP/1.1",
    method: request.method ?? "",
    path: request.url ?? "",
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    headerValues: (name) => request.headersDistinct[name] ?? [],
    readable: request,
    writable: response,
    writeHead(head, last) {
      unread = hasUnreadBody(request);
      const keep = response.shouldKeepAlive && !unread && !last;
      response.sendDate = false;
      response.writeHead(head.status, rawHeaders(head.headers, request.httpVersion, keep));
      response.flushHeaders();
    },
    async end() {
      // Ending the response closes a connection that isn't kept, and closing it with bytes still on their way resets it:
      // the client might lose the answer. So its body runs out first.
      if (unread) await runOut(request, limits);
      // Node would take it for one that left, and could meet the pipelined ones behind it out of their order, which ends the
      // process (seen in Node 20).
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
      socket.destroySoon();
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

/** Names in the case that Amazon sends them in; a flat list keeps that and the order. */
function rawHeaders(headers: ApiResponse["headers"], httpVersion: string, keep: boolean): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) {
    if (name === "Connection") raw.push(name, keep ? value : "close");
    else if (name !== "Transfer-Encoding" || httpVersion !== "1.0") raw.push(name, value);
  }
  return raw;
}

/** Whether so much of the request is still to come that the connection can't simply go on. */
function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  if (headers["transfer-encoding"] !== undefined) return true;
  return Number(headers["content-length"] ?? 0) > IGNORED_BODY_BYTES;
}
