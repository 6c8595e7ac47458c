import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeMessages,
  encodeMessage,
  MAX_BODY_BYTES,
  MAX_HEADERS_BYTES,
  MessageCorruptError,
  MessageDecoder,
  MessageTooLargeError,
  MessageTruncatedError,
  type Message,
} from "../../src/event-stream/index.js";
import { negativeVectors, positiveVectors } from "./published-vectors.js";
import { anyMessage, concat, decodeAll, fromHex, rawFrame, utf8 } from "./support.js";

const stream = concat(positiveVectors.map(({ hex }) => fromHex(hex)));
const messages = positiveVectors.map(({ message }) => message);

/** `corrupt("headers")` matches the error that says so. */
const corrupt = (part: string): unknown => expect.objectContaining({ name: "MessageCorruptError", part });

describe("MessageDecoder", () => {
  it.each(positiveVectors)("reads the published vector $name", ({ hex, message }) => {
    const [decoded, ...others] = decodeAll(fromHex(hex));
    expect(decoded).toEqual(message);
    expect([...(decoded?.headers.keys() ?? [])]).toEqual([...message.headers.keys()]);
    expect(others).toEqual([]);
  });

  it.each(negativeVectors)("refuses the published vector $name", ({ hex, part }) => {
    expect(() => decodeAll(fromHex(hex))).toThrow(corrupt(part));
  });

  it("reads the same messages wherever the bytes are split in two", () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(decodeAll(stream.subarray(0, at), stream.subarray(at))).toEqual(messages);
    }
  });

  it("reads the same messages byte by byte", () => {
    expect(decodeAll(...Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(messages);
  });

  it("reads back what was written, in any pieces", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), fc.array(fc.nat(700)), (sent, cuts) => {
        let rest = concat(sent.map((message) => encodeMessage(message)));
        const pieces = cuts.map((cut) => {
          const piece = rest.subarray(0, cut);
          rest = rest.subarray(cut);
          return piece;
        });
        const received = decodeAll(...pieces, rest);
        expect(received).toEqual(sent);
        expect(received.map(({ headers }) => [...headers.keys()])).toEqual(
          sent.map(({ headers }) => [...headers.keys()]),
        );
      }),
    );
  });

  it("returns a message as soon as its last byte arrives", () => {
    const decoder = new MessageDecoder();
    const frame = fromHex(positiveVectors[1]?.hex ?? "");
    expect(decoder.push(frame.subarray(0, -1))).toEqual([]);
    expect(decoder.push(frame.subarray(-1))).toHaveLength(1);
  });

  it("shares no memory with its input, even if it is a Buffer", () => {
    const sent = {
      headers: new Map([["b", { type: "binary" as const, value: utf8("abc") }]]),
      body: utf8("xyz"),
    };
    const piece = Buffer.from(encodeMessage(sent));
    const [received] = new MessageDecoder().push(piece);
    piece.fill(0);
    expect(received).toEqual(sent);
    expect(received?.body).not.toBeInstanceOf(Buffer);
  });

  it("returns the messages before an error, and throws it in all later calls", () => {
    const decoder = new MessageDecoder();
    expect(decoder.push(concat([stream, fromHex(negativeVectors[0]?.hex ?? "")]))).toEqual(messages);
    for (const call of [
      () => decoder.push(stream),
      () => decoder.push(new Uint8Array()),
      () => decoder.finish(),
    ]) {
      expect(call).toThrow(MessageCorruptError);
    }
  });

  it("reports how many bytes of an unfinished message arrived", () => {
    for (let at = 1; at < 29; at++) {
      const decoder = new MessageDecoder();
      decoder.push(fromHex(positiveVectors[1]?.hex ?? "").subarray(0, at));
      const expected = new MessageTruncatedError(at, at < 12 ? undefined : 29);
      expect(() => decoder.finish()).toThrow(expected);
    }
  });

  it("copies each byte a few times at most if they arrive one by one", () => {
    const frame = encodeMessage({ headers: new Map(), body: new Uint8Array(300_000) });
    const decoder = new MessageDecoder();
    const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
    const original = Object.getOwnPropertyDescriptor(prototype, "set");
    if (!original) throw new Error("there is no TypedArray.prototype.set");
    const set = original.value as (this: Uint8Array, source: Uint8Array, offset?: number) => void;
    let copied = 0;
    Object.defineProperty(prototype, "set", {
      ...original,
      value(this: Uint8Array, source: Uint8Array, offset?: number) {
        copied += source.length;
        set.call(this, source, offset);
      },
    });
    try {
      let received = 0;
      for (let at = 0; at < frame.length; at++) received += decoder.push(frame.subarray(at, at + 1)).length;
      expect(received).toBe(1);
    } finally {
      Object.defineProperty(prototype, "set", original);
    }
    expect(copied).toBeGreaterThan(frame.length / 2);
    expect(copied).toBeLessThan(4 * frame.length);
  });
});

describe("a length on the wire", () => {
  const claim = (totalBytes: number, headersBytes: number) =>
    rawFrame(new Uint8Array(), new Uint8Array(), { totalBytes, headersBytes }).subarray(0, 12);

  it.each([
    [0, 0],
    [15, 0],
    [16, 1],
    [100, 85],
    [100, 0xffff_ffff],
  ])("is refused with the prelude if it contradicts the other: %d bytes, %d of headers", (total, headers) => {
    expect(() => new MessageDecoder().push(claim(total, headers))).toThrow(corrupt("lengths"));
  });

  it.each([
    ["headers", 1_000_000, MAX_HEADERS_BYTES + 1],
    ["body", 16 + MAX_BODY_BYTES + 1, 0],
    ["body", 0xffff_ffff, 0],
    ["headers", 0xffff_ffff, 0xffff_ffff - 16],
  ] as const)(
    "is refused with the prelude beyond the limit for the %s: %d bytes, %d of headers",
    (part, total, headers) => {
      expect(() => new MessageDecoder().push(claim(total, headers))).toThrow(MessageTooLargeError);
      expect(() => new MessageDecoder().push(claim(total, headers))).toThrow(
        expect.objectContaining({ part }),
      );
    },
  );

  it("allocates no memory by itself", () => {
    const decoders = Array.from({ length: 100 }, () => new MessageDecoder());
    const before = process.memoryUsage().arrayBuffers;
    for (const decoder of decoders) decoder.push(claim(16 + MAX_BODY_BYTES, 0));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});

describe("headers", () => {
  it.each([
    ["has no name", "0000"],
    ["has a name beyond the end", "0561"],
    ["has no type", "0161"],
    ["has an unknown type", "01610a"],
    ["has half a short", "01610300"],
    ["has half a long", "01610500000000"],
    ["has half a UUID", "016109010203"],
    ["has half a length", "01610700"],
    ["has a string beyond the end", "016107000561"],
    ["has binary beyond the end", "016106000561"],
    ["has a string that is no UTF-8", "0161070001ff"],
    ["has a name that is no UTF-8", "01ff00"],
    ["appears twice", "016100016100"],
    ["has a timestamp that no Date can hold", "0161087fffffffffffffff"],
  ])("are refused if one %s", (_, hex) => {
    // the body has enough bytes for a reader that doesn't stop at the end of the headers
    expect(() => decodeAll(rawFrame(fromHex(hex), new Uint8Array(64)))).toThrow(corrupt("headers"));
  });

  it("are refused if a value's length is negative for AWS's own codecs", () => {
    const header = concat([fromHex("0161078000"), new Uint8Array(0x8000)]);
    expect(() => decodeAll(rawFrame(header))).toThrow(corrupt("headers"));
  });

  it("may have the name of a property of every object", () => {
    const headers = new Map([["__proto__", { type: "string" as const, value: "x" }]]);
    expect(decodeAll(encodeMessage({ headers, body: new Uint8Array() }))[0]?.headers).toEqual(headers);
  });
});

/** Yields the pieces, then waits for `end`, which may never resolve. */
async function* source(
  pieces: Uint8Array[],
  end: Promise<void> = Promise.resolve(),
): AsyncGenerator<Uint8Array> {
  yield* pieces;
  await end;
}

/** The messages, and the error after them. */
async function collect(decoded: AsyncIterable<Message>): Promise<{ yielded: Message[]; error: unknown }> {
  const yielded: Message[] = [];
  try {
    for await (const message of decoded) yielded.push(message);
  } catch (error) {
    return { yielded, error };
  }
  return { yielded, error: undefined };
}

describe("decodeMessages", () => {
  it("yields every message, then ends", async () => {
    const pieces = [stream.subarray(0, 20), stream.subarray(20, 21), stream.subarray(21)];
    expect(await collect(decodeMessages(source(pieces)))).toEqual({ yielded: messages, error: undefined });
  });

  it("throws after the whole messages if the stream ends inside another", async () => {
    const { yielded, error } = await collect(decodeMessages(source([stream.subarray(0, -1)])));
    expect(yielded).toEqual(messages.slice(0, -1));
    expect(error).toBeInstanceOf(MessageTruncatedError);
  });

  it("throws for wrong bytes at once, after the messages before them, even if the stream stays open", async () => {
    const never = new Promise<void>(() => undefined);
    const pieces = [concat([stream, fromHex(negativeVectors[3]?.hex ?? "")])];
    const { yielded, error } = await collect(decodeMessages(source(pieces, never)));
    expect(yielded).toEqual(messages);
    expect(error).toBeInstanceOf(MessageCorruptError);
  });

  it("throws the error of its source", async () => {
    const cut = new Error("connection reset");
    const failing = (async function* () {
      yield stream;
      await Promise.reject(cut);
    })();
    expect(await collect(decodeMessages(failing))).toEqual({ yielded: messages, error: cut });
  });

  it("closes its source when the reader stops", async () => {
    let closed = false;
    const endless = (async function* () {
      try {
        for (;;) yield await Promise.resolve(stream);
      } finally {
        closed = true;
      }
    })();
    for await (const message of decodeMessages(endless)) {
      expect(message).toEqual(messages[0]);
      break;
    }
    expect(closed).toBe(true);
  });
});
