import { Writable } from "node:stream";

import type { Exchange } from "../../../src/server/transport/exchange.js";

export interface CollectingExchange {
  readonly exchange: Exchange;
  /** What was written so far. */
  readonly bytes: () => Buffer;
  /** Lets a reader that doesn't read read again. */
  readonly read: () => void;
}

/** An exchange without a socket, whose reader takes all at once, or, if it doesn't read, nothing until it's told to. */
export function collectingExchange({ reads = true } = {}): CollectingExchange {
  const parts: Buffer[] = [];
  let goOn: (() => void) | undefined;
  const writable = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      if (reads) done();
      else goOn = done;
    },
  });
  writable.on("error", () => undefined);
  const unused = (): never => {
    throw new Error("The body is all that is written here.");
  };
  return {
    exchange: {
      protocol: "HTTP/1.1",
      method: "POST",
      path: "/",
      header: unused,
      headerValues: unused,
      get readable() {
        return unused();
      },
      writable,
      writeHead: unused,
      end: () => Promise.resolve(void writable.end()),
      endsLate: false,
      isComplete: () => writable.writableFinished,
      cut: unused,
      onGone: unused,
    },
    bytes: () => Buffer.concat(parts),
    read() {
      reads = true;
      goOn?.();
    },
  };
}
