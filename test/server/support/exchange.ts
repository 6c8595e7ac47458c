import { Readable, Writable } from "node:stream";

import { isBounded } from "../../../src/server/shared-bound.js";
import type { Connection } from "../../../src/server/transport/connections.js";
import type { Exchange, ResponseHead } from "../../../src/server/transport/exchange.js";

/** A connection without a socket. */
export function testConnection(address = "127.0.0.1"): Connection {
  let proved = false;
  return {
    address,
    isBounded: isBounded(address),
    get proved() {
      return proved;
    },
    prove: () => void (proved = true),
    touch: () => undefined,
    work: () => () => undefined,
  };
}

/** A request without a socket. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the client reads at once; else it reads nothing until `read()` is called. @default true */
  readonly reads?: boolean;
}

export interface CollectingExchange {
  readonly exchange: Exchange;
  /** The head, once it's written. */
  readonly head: () => ResponseHead | undefined;
  /** The part of the body written so far. */
  readonly bytes: () => Buffer;
  /** How the response was cut; undefined if it wasn't. */
  readonly cut: () => "stream" | "connection" | undefined;
  /** Makes the client read. */
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
  let resume: (() => void) | undefined;
  let written: ResponseHead | undefined;
  let cut: "stream" | "connection" | undefined;
  const writable = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      if (reads) done();
      else resume = done;
    },
  });
  writable.on("error", () => undefined);
  return {
    exchange: {
      protocol: "HTTP/1.1",
      connection: testConnection(),
      method,
      path,
      host: "localhost",
      header: (name) => headers[name],
      headerNames: Object.keys(headers),
      headerValues: (name) => [headers[name] ?? []].flat(),
      readable: Readable.from(body === "" ? [] : [Buffer.from(body)]),
      writable,
      isGone: false,
      canTake: true,
      isUnread: false,
      discardBody: () => Promise.resolve(),
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
      resume?.();
    },
  };
}
