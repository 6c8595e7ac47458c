import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";

import type { ApiResponse } from "../api-response.js";
import { CUT_MS } from "../limits.js";
import type { Exchange } from "./exchange.js";

/** An exchange over HTTP/2. @param rawHeaders - names and values in turn: `headers` joins those of one name */
export function http2Exchange(
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

function withoutConnection(headers: ApiResponse["headers"]): Record<string, string> {
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
