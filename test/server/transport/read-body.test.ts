import { PassThrough } from "node:stream";

import { describe, expect, it } from "vitest";

import { ClientGoneError } from "../../../src/server/errors.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { SharedBound } from "../../../src/server/shared-bound.js";
import { readBody } from "../../../src/server/transport/read-body.js";
import { testConnection } from "../support/exchange.js";

function reading(readable: PassThrough): Promise<Uint8Array> {
  const share = new SharedBound(defaultLimits.bodyBytesInAll, false).share(testConnection());
  const exchange = { readable, header: () => undefined };
  return readBody(exchange, defaultLimits, share, new AbortController().signal);
}

describe("readBody", () => {
  it("joins the chunks", async () => {
    const readable = new PassThrough();
    const body = reading(readable);
    const parts = Array.from({ length: 300 }, (_, i) => Buffer.alloc(i % 7, i));
    for (const part of parts) {
      readable.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    readable.end();
    expect(Buffer.from(await body)).toEqual(Buffer.concat(parts));
  });

  it("uses at most twice the size of a body that arrives byte by byte", async () => {
    const readable = new PassThrough();
    const body = reading(readable);
    const before = process.memoryUsage();
    const bytes = 1_000_000;
    for (let i = 0; i < bytes; i += 1) {
      readable.write(" ");
      if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const after = process.memoryUsage();
    readable.end();
    expect((await body).length).toBe(bytes);
    // includes temporary allocations; a list of chunks takes 120 MB
    expect(after.heapUsed - before.heapUsed).toBeLessThan(60_000_000);
  });

  it("reports an incomplete body as a disconnected client, not as a failure of the server", async () => {
    const readable = new PassThrough();
    const body = reading(readable);
    readable.write("{");
    readable.destroy(new Error("aborted"));
    await expect(body).rejects.toBeInstanceOf(ClientGoneError);
  });
});
