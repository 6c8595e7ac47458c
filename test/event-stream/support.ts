import fc from "fast-check";
import { crc32 } from "node:zlib";
import { MessageDecoder, type HeaderValue, type Message } from "../../src/event-stream/index.js";

/** Hexadecimal digits as a Uint8Array. A Buffer would not be equal to one. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Decodes pieces that together are whole messages. */
export function decodeAll(...pieces: Uint8Array[]): Message[] {
  const decoder = new MessageDecoder();
  const messages = pieces.flatMap((piece) => decoder.push(piece));
  decoder.finish();
  return messages;
}

/** A frame with valid checksums around any headers and lengths. The checksums are computed by zlib, not by the library under test. */
export function rawFrame(
  headers: Uint8Array,
  body = new Uint8Array(),
  claims: { totalBytes?: number; headersBytes?: number } = {},
): Uint8Array {
  const frame = Buffer.alloc(16 + headers.length + body.length);
  frame.writeUInt32BE(claims.totalBytes ?? frame.length, 0);
  frame.writeUInt32BE(claims.headersBytes ?? headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(headers, 12);
  frame.set(body, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return new Uint8Array(frame);
}

/** Text with every kind of character, including a byte order mark and characters of two, three and four bytes. */
const text = fc.string({
  unit: fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom("\uFEFF", "é", "€", "🦙", "\0")),
  maxLength: 20,
});

const headerValue: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.record({ type: fc.constant("boolean" as const), value: fc.boolean() }),
  fc.record({ type: fc.constant("byte" as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ type: fc.constant("short" as const), value: fc.integer({ min: -32768, max: 32767 }) }),
  fc.record({ type: fc.constant("integer" as const), value: fc.integer() }),
  fc.record({
    type: fc.constant("long" as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ type: fc.constant("binary" as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ type: fc.constant("string" as const), value: text }),
  fc.record({ type: fc.constant("timestamp" as const), value: fc.date({ noInvalidDate: true }) }),
  fc.record({ type: fc.constant("uuid" as const), value: fc.uuid() }),
);

const headerName = text.filter((name) => name !== "");

/** Any valid message with up to six headers. */
export const anyMessage: fc.Arbitrary<Message> = fc.record({
  headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }).map((entries) => new Map(entries)),
  body: fc.uint8Array({ maxLength: 300 }),
});
