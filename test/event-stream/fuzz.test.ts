import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeMessage,
  MessageCorruptError,
  MessageDecoder,
  MessageTooLargeError,
  MessageTruncatedError,
} from "../../src/event-stream/index.js";
import { anyMessage, concat, rawFrame } from "./support.js";

const OUR_ERRORS = [MessageCorruptError, MessageTooLargeError, MessageTruncatedError];

/** Reads the bytes in pieces: it must end, in messages or in one of our errors, and hold little. */
function read(bytes: Uint8Array, pieceBytes: number): void {
  const decoder = new MessageDecoder();
  const before = process.memoryUsage().arrayBuffers;
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      for (const { headers, body } of decoder.push(bytes.subarray(at, at + pieceBytes))) {
        expect(headers).toBeInstanceOf(Map);
        expect(body.length).toBeLessThanOrEqual(bytes.length);
      }
    }
    decoder.finish();
  } catch (error) {
    expect(
      OUR_ERRORS.some((type) => error instanceof type),
      String(error),
    ).toBe(true);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
}

describe("bytes that are not what they should be", () => {
  it("are refused by one of our errors: any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, piece) =>
        read(bytes, piece),
      ),
      { numRuns: 500 },
    );
  });

  it("are refused by one of our errors: messages with bytes changed", () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(anyMessage, { minLength: 1, maxLength: 3 }),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 400 }),
        (messages, changes, piece) => {
          const bytes = concat(messages.map((message) => encodeMessage(message)));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          read(bytes, piece);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are refused by one of our errors: any headers and lengths under right checksums", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.record({ headersBytes: fc.oneof(fc.nat(80), fc.nat(0xffff_ffff)) }, { requiredKeys: [] }),
        fc.integer({ min: 1, max: 150 }),
        (headers, body, claims, piece) => read(rawFrame(headers, body, claims), piece),
      ),
      { numRuns: 1000 },
    );
  });
});
