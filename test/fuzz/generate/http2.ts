import fc from "fast-check";

import { frame, PREFACE, requestFrames, windows } from "../../server/support/raw-http2.js";
import type { RawAct } from "../acts.js";
import { damaged, leaveBroken, steps } from "./steps.js";

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;

const END_HEADERS = 4;
const PADDED = 8;

const PATHS = [
  "/model/meta.llama3-8b-instruct-v1:0/invoke",
  "/model/meta.llama3-8b-instruct-v1:0/converse-stream",
  "/model/meta.llama3-8b-instruct-v1:0/invoke-with-response-stream",
  "/health",
  "/nothing",
];

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Streams that a client may open, one that it may not, and the connection itself. */
const stream = fc.constantFrom(0, 1, 1, 1, 3, 5, 2, 2 ** 31 - 1);

const payload = fc.uint8Array({ maxLength: 60 });

const uint32 = fc.oneof(fc.constantFrom(0, 1, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.nat());

function bytes32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * i);
  return bytes;
}

const settings = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: 0, max: 8 }), fc.nat(0xffff)), uint32), { maxLength: 40 })
  .map((entries) =>
    Buffer.concat(
      entries.map(([id, value]) => {
        const entry = Buffer.alloc(6);
        entry.writeUInt16BE(id, 0);
        entry.writeUInt32BE(value, 2);
        return entry;
      }),
    ),
  );

const anyFrame = fc
  .tuple(fc.nat(12), fc.nat(255), stream, payload)
  .map(([type, flags, id, data]) => frame(type, flags, id, data));

const request = fc
  .tuple(
    fc.constantFrom(1, 3, 5),
    fc.constantFrom(...PATHS),
    fc.constantFrom('{"prompt":"Hi"}', "{", "", "x".repeat(300)),
  )
  .map(([id, path, body]) => requestFrames(id, path, body));

/** HEADERS with many CONTINUATION frames, or with none. */
const continued = fc
  .tuple(fc.constantFrom(1, 20, 200), payload, fc.boolean())
  .map(([count, data, ends]) =>
    Buffer.concat([
      frame(HEADERS, 0, 1, data),
      ...Array.from({ length: count }, (_, i) =>
        frame(CONTINUATION, ends && i === count - 1 ? END_HEADERS : 0, 1, data),
      ),
    ]),
  );

/** Requests that are reset immediately. */
const resetStorm = fc
  .tuple(fc.constantFrom(3, 30, 300), fc.constantFrom(...PATHS), fc.constantFrom(0, 8))
  .map(([count, path, code]) =>
    Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        Buffer.concat([
          requestFrames(2 * i + 1, path, '{"prompt":"Hi"}'),
          frame(RST_STREAM, 0, 2 * i + 1, bytes32(code)),
        ]),
      ),
    ),
  );

const padded = fc
  .tuple(fc.nat(255), payload)
  .map(([padding, data]) =>
    Buffer.concat([
      requestFrames(1, "/nothing"),
      frame(DATA, PADDED, 1, Buffer.concat([Buffer.from([padding]), data])),
    ]),
  );

const flood = fc
  .tuple(
    fc.constantFrom(
      frame(PING, 0, 0, Buffer.alloc(8)),
      frame(PING, 1, 0, Buffer.alloc(8)),
      frame(SETTINGS, 0, 0, Buffer.alloc(0)),
      frame(SETTINGS, 1, 0, Buffer.alloc(0)),
      frame(DATA, 0, 1, Buffer.alloc(0)),
      frame(2, 0, 1, Buffer.alloc(5)),
    ),
    fc.constantFrom(10, 2_000),
  )
  .map(([one, count]) => Buffer.concat(Array<Buffer>(count).fill(one)));

const piece: fc.Arbitrary<string> = fc
  .oneof<fc.Arbitrary<Uint8Array>[]>(
    request,
    request,
    anyFrame,
    continued,
    resetStorm,
    padded,
    flood,
    settings.map((entries) => frame(SETTINGS, 0, 0, entries)),
    fc.tuple(stream, uint32).map(([id, value]) => frame(WINDOW_UPDATE, 0, id, bytes32(value))),
    fc.tuple(stream, uint32).map(([id, code]) => frame(RST_STREAM, 0, id, bytes32(code))),
    fc.tuple(uint32, uint32).map(([last, code]) => frame(GOAWAY, 0, 0, bytes32(last, code))),
    fc.tuple(stream, payload).map(([id, data]) => frame(HEADERS, END_HEADERS, id, data)),
    fc.constantFrom(65_535, 70_000, 2 ** 30).map((bytes) => windows(bytes)),
    // streams on which nothing may be sent
    fc
      .constantFrom(0, 1, 100)
      .map((bytes) => frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, 4]), bytes32(bytes)]))),
    payload,
  )
  .map(latin1);

/** Acts of a client on a raw HTTP/2 connection: frames valid and invalid, complete and cut off. */
export const http2Act: fc.Arbitrary<RawAct> = fc
  .tuple(
    fc.array(piece, { maxLength: 6 }),
    fc.constantFrom(latin1(frame(SETTINGS, 0, 0, Buffer.alloc(0))), ""),
  )
  .map(([pieces, first]) => first + pieces.join(""))
  .chain((text) =>
    fc.oneof(
      { arbitrary: fc.constant(text), weight: 5 },
      { arbitrary: damaged(text), weight: 2 },
      { arbitrary: fc.nat().map((length) => text.slice(0, length % (text.length + 1))), weight: 1 },
    ),
  )
  .chain((text) => fc.tuple(steps(latin1(PREFACE) + text), leaveBroken))
  .map(([made, leave]) => ({ type: "raw", protocol: "HTTP/2", steps: made, leave, answers: undefined }));
