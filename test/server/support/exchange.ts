import { Readable, Writable } from "node:stream";

import type { Exchange, ResponseHead } from "../../../src/server/transport/exchange.js";

/** What a request without a socket is made of. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the reader takes all at once; else it takes nothing until it's told to. @default true */
  readonly reads?: boolean;
}

export interface CollectingExchange {
  readonly exchange: Exchange;
  /** The head, once it's written. */
  readonly head: () => ResponseHead | undefined;
  /** What of the body was written so far. */
  readonly bytes: () => Buffer;
  /** How the response was ended before its end; undefined where it wasn't. */
  readonly cut: () => "stream" | "connection" | undefined;
  /** Lets a reader that doesn't read read again. */
  readonly read: () => void;
}

/** A request and its response without a socket. */
export function collectingExchange({
  method,
  path,
  headers,
  body,
  reads = true,
}: PlainRequest): CollectingExchange {
  const parts: Buffer[] = [];
  let goOn: (() => void) | undefined;
  let written: ResponseHead | undefined;
  let cut: "stream" | "connection" | undefined;
  const writable = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      if (reads) done();
      else goOn = done;
    },
  });
  writable.on("error", () => undefined);
  return {
    exchange: {
      protocol: "HTTP/1.1",
      method,
      path,
      header: (name) => headers[name],
      headerValues: (name) => [headers[name] ?? []].flat(),
      readable: Readable.from(body === "" ? [] : [Buffer.from(body)]),
      writable,
      writeHead: (head) => void (written = head),
      end: () => Promise.resolve(void writable.end()),
      delaysEnd: false,
      isComplete: () => writable.writableFinished,
      cut: (what) => void (cut = what),
      onGone: () => undefined,
    },
    head: () => written,
    bytes: () => Buffer.concat(parts),
    cut: () => cut,
    read() {
      reads = true;
      goOn?.();
    },
  };
}
