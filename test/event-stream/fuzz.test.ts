import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeMessage,
  MAX_BODY_BYTES,
  MessageCorruptError,
  MessageDecoder,
  MessageTooLargeError,
  MessageTruncatedError,
  type Message,
} from "../../src/event-stream/index.js";
import { anyMessage, concat, rawFrame } from "./support.js";

const OUR_ERRORS = [MessageCorruptError, MessageTooLargeError, MessageTruncatedError];

/** Decodes the bytes in pieces. It must end with messages or with one of our errors, and take little memory. */
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

describe("invalid bytes", () => {
  it("throw one of our errors: any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (bytes, piece) =>
        read(bytes, piece),
      ),
      { numRuns: 500 },
    );
  });

  it("throw one of our errors: messages with changed bytes", () => {
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

  it("throw one of our errors: any headers and lengths with valid checksums", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.record(
          {
            totalBytes: fc.oneof(fc.nat(150), fc.nat(0xffff_ffff)),
            headersBytes: fc.oneof(fc.nat(80), fc.nat(0xffff_ffff)),
          },
          { requiredKeys: [] },
        ),
        fc.integer({ min: 1, max: 150 }),
        (headers, body, claims, piece) => read(rawFrame(headers, body, claims), piece),
      ),
      { numRuns: 1000 },
    );
  });
});

const someMessages = fc.array(anyMessage, { minLength: 1, maxLength: 3 });

/** Decodes the bytes, cut into pieces anywhere. */
function readCut(bytes: Uint8Array, cuts: readonly number[]) {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const decoder = new MessageDecoder();
  const messages: Message[] = [];
  let from = 0;
  try {
    for (const place of places) {
      messages.push(...decoder.push(bytes.subarray(from, place)));
      from = place;
    }
    decoder.finish();
    return { messages, error: undefined };
  } catch (error) {
    return { messages, error };
  }
}

describe("damaged messages", () => {
  it("are decoded up to the end, however they are cut, and a cut message is reported", () => {
    fc.assert(
      fc.property(someMessages, fc.array(fc.nat(), { maxLength: 8 }), fc.nat(), (sent, cuts, keep) => {
        const frames = sent.map((message) => encodeMessage(message));
        const whole = concat(frames);
        const kept = keep % (whole.length + 1);
        const { messages, error } = readCut(whole.subarray(0, kept), cuts);
        let end = 0;
        const complete = frames.filter(({ length }) => (end += length) <= kept);
        expect(messages).toEqual(sent.slice(0, complete.length));
        if (concat(complete).length === kept) expect(error).toBeUndefined();
        else expect(error).toBeInstanceOf(MessageTruncatedError);
      }),
      { numRuns: 500 },
    );
  });

  it("are never decoded with a flipped bit", () => {
    fc.assert(
      fc.property(someMessages, fc.array(fc.nat(), { maxLength: 8 }), fc.nat(), (sent, cuts, flip) => {
        const frames = sent.map((message) => encodeMessage(message));
        const bytes = concat(frames);
        const bit = flip % (8 * bytes.length);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        let end = 0;
        const before = frames.filter(({ length }) => (end += length) <= bit >> 3);
        const { messages, error } = readCut(bytes, cuts);
        expect(messages).toEqual(sent.slice(0, before.length));
        expect(OUR_ERRORS.some((type) => error instanceof type)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a length on the wire", () => {
  /** Twice a decoder's first buffer. */
  const HELD_BYTES = 2 * 1024;

  it("takes no memory before the bytes arrive", () => {
    const begun = rawFrame(new Uint8Array(), new Uint8Array(100), { totalBytes: MAX_BODY_BYTES });
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 2_000 }, () => {
      const decoder = new MessageDecoder();
      for (let at = 0; at < begun.length; at += 9) decoder.push(begun.subarray(at, at + 9));
      return decoder;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(decoders.length * HELD_BYTES);
    for (const decoder of decoders) expect(() => decoder.finish()).toThrow(MessageTruncatedError);
  });
});
