import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  encodeMessage,
  InvalidHeaderError,
  MAX_BODY_BYTES,
  MessageTooLargeError,
  textMessageEncoder,
} from "../../src/event-stream/index.js";
import { anyMessage, utf8 } from "./support.js";

const anyHeaders = anyMessage.map(({ headers }) => headers);

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "é", "€", "🦙", "\ud800"), maxLength: 1_000, size: "max" }),
);

describe("textMessageEncoder", () => {
  it("writes the bytes that encodeMessage writes, and none of them again", () => {
    fc.assert(
      fc.property(anyHeaders, fc.array(text, { maxLength: 40 }), (headers, bodies) => {
        const encode = textMessageEncoder(headers);
        // all first: a later message must not be where an earlier one is
        const messages = bodies.map((body) => encode(body));
        for (const [i, body] of bodies.entries()) {
          expect(Buffer.from(messages[i] ?? [])).toEqual(
            Buffer.from(encodeMessage({ headers, body: utf8(body) })),
          );
        }
      }),
    );
  });

  it("checks the headers once, and the body each time", () => {
    expect(() => textMessageEncoder(new Map([["", { type: "boolean", value: true }]]))).toThrow(
      InvalidHeaderError,
    );
    expect(() => textMessageEncoder(new Map())("x".repeat(MAX_BODY_BYTES + 1))).toThrow(MessageTooLargeError);
  });
});
