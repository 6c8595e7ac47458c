import { type Readable, finished } from "node:stream";

import { CUT_MS, type ServerLimits } from "../limits.js";
import type { Exchange } from "./exchange.js";
import { endBody, waitForDrain } from "./write-body.js";

/** A body that another server sends. */
export interface PassedBody {
  readonly readable: Readable;
  /** Sees each part, once it is written. */
  see(part: Uint8Array): void;
  /** Called at its end. @throws if it isn't complete all the same */
  end(): void;
  /** Why it ends early. @param error - what reading or writing it failed with */
  failure(error: unknown): unknown;
}

const NOTHING = new Uint8Array();

/**
 * Writes a body as it comes from another server, each part at once and nothing else, and ends the response with it. If the body ends early, what came before is
 * sent, and the response is left without an end.
 *
 * Backpressure: with more than `readerLagBytes` unread, no more is read of the other server.
 *
 * @throws {ClientGoneError} {@link ReaderStalledError} as `writeBody`.
 * @throws what {@link PassedBody.end} throws and {@link PassedBody.failure} returns.
 */
export async function writePassed(
  exchange: Exchange,
  body: PassedBody,
  { limits }: { readonly limits: ServerLimits },
): Promise<void> {
  try {
    await relay(exchange, body, limits);
    body.end();
  } catch (error) {
    await written(exchange, CUT_MS).catch(() => undefined);
    throw body.failure(error);
  }
  await endBody(exchange, limits);
}

function relay(exchange: Exchange, body: PassedBody, limits: ServerLimits): Promise<void> {
  const { readable } = body;
  const { writable } = exchange;
  return new Promise((resolve, reject) => {
    // by events: an iterator loses what it hasn't read when the other server's connection breaks
    finished(readable, { writable: false }, (error) => (error ? reject(error) : resolve()));
    readable.on("data", (part: Uint8Array) => {
      // a client that has gone aborts the request, which ends the readable
      if (writable.destroyed) return;
      writable.write(part);
      body.see(part);
      if (writable.writableLength <= limits.readerLagBytes) return;
      readable.pause();
      written(exchange, limits.stallMs).then(() => readable.resume(), reject);
    });
  });
}

/** Resolves once everything written is sent. */
function written(exchange: Exchange, stallMs: number): Promise<void> {
  // the callback of an empty write runs after all earlier writes; if the write fails, 'close' follows
  return waitForDrain(exchange, stallMs, (done) =>
    exchange.writable.write(NOTHING, (error) => !error && done()),
  );
}
