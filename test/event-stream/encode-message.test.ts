import { describe, expect, it } from "vitest";
import {
  encodeMessage,
  InvalidHeaderError,
  MAX_BODY_BYTES,
  MAX_HEADERS_BYTES,
  MessageTooLargeError,
  type HeaderValue,
} from "../../src/event-stream/index.js";
import { positiveVectors } from "./published-vectors.js";
import { decodeAll, fromHex } from "./support.js";

const NO_BODY = new Uint8Array();
const encodeHeader = (name: string, value: HeaderValue) =>
  encodeMessage({ headers: new Map([[name, value]]), body: NO_BODY });

describe("encodeMessage", () => {
  it.each(positiveVectors)("writes the published vector $name", ({ hex, message }) => {
    expect(encodeMessage(message)).toEqual(fromHex(hex));
  });

  it("allocates the exact length", () => {
    const bytes = encodeMessage({
      headers: new Map([["é🦙", { type: "string", value: "€" }]]),
      body: NO_BODY,
    });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    expect(bytes.length).toBe(16 + 1 + 6 + 1 + 2 + 3);
  });

  it("writes a lone surrogate as the replacement character", () => {
    const [message] = decodeAll(encodeHeader("a", { type: "string", value: "x\uD800y" }));
    expect(message?.headers.get("a")?.value).toBe("x\uFFFDy");
  });

  it.each<[string, HeaderValue]>([
    ["", { type: "boolean", value: true }],
    ["n".repeat(256), { type: "boolean", value: true }],
    ["é".repeat(128), { type: "boolean", value: true }],
    ["a", { type: "byte", value: 128 }],
    ["a", { type: "byte", value: -129 }],
    ["a", { type: "short", value: 32_768 }],
    ["a", { type: "integer", value: 2 ** 31 }],
    ["a", { type: "integer", value: 1.5 }],
    ["a", { type: "integer", value: Number.NaN }],
    ["a", { type: "long", value: 2n ** 63n }],
    ["a", { type: "long", value: -(2n ** 63n) - 1n }],
    ["a", { type: "string", value: "x".repeat(32_768) }],
    ["a", { type: "string", value: "é".repeat(16_384) }],
    ["a", { type: "binary", value: new Uint8Array(32_768) }],
    ["a", { type: "timestamp", value: new Date(Number.NaN) }],
    ["a", { type: "uuid", value: "01020304-0506-0708-090a-0b0c0d0e0f1" }],
  ])("refuses an invalid header: %.20s %o", (name, value) => {
    expect(() => encodeHeader(name, value)).toThrow(InvalidHeaderError);
  });

  it("reports the header and the reason", () => {
    expect(() => encodeHeader("count", { type: "byte", value: 300 })).toThrow(
      expect.objectContaining({
        name: "InvalidHeaderError",
        header: "count",
        message: 'The event-stream header "count" has the value 300, which is not an integer of 8 bits.',
      }),
    );
  });

  it.each<[string, HeaderValue]>([
    ["n".repeat(255), { type: "boolean", value: false }],
    ["é".repeat(127), { type: "byte", value: -128 }],
    ["a", { type: "string", value: "x".repeat(32_767) }],
    ["a", { type: "binary", value: new Uint8Array(32_767) }],
    ["a", { type: "binary", value: new Uint8Array() }],
  ])("accepts the longest and smallest headers: %.20s %o", (name, value) => {
    expect(decodeAll(encodeHeader(name, value))[0]?.headers).toEqual(new Map([[name, value]]));
  });

  it("accepts 128 KiB of headers and no more", () => {
    // 3 × (1 + 1 + 1 + 2 + 32,767) = 98,316; the last one brings the sum to 131,072
    const headers = (last: number) =>
      new Map(
        ["a", "b", "c", "d"].map((name) => {
          return [name, { type: "binary" as const, value: new Uint8Array(name === "d" ? last : 32_767) }];
        }),
      );
    expect(decodeAll(encodeMessage({ headers: headers(32_751), body: NO_BODY }))).toHaveLength(1);
    expect(() => encodeMessage({ headers: headers(32_752), body: NO_BODY })).toThrow(
      new MessageTooLargeError("headers", MAX_HEADERS_BYTES + 1, MAX_HEADERS_BYTES),
    );
  });

  it("accepts a body of 24 MiB and no more", () => {
    const body = new Uint8Array(MAX_BODY_BYTES + 1);
    expect(() => encodeMessage({ headers: new Map(), body })).toThrow(
      new MessageTooLargeError("body", MAX_BODY_BYTES + 1, MAX_BODY_BYTES),
    );
    const [message] = decodeAll(encodeMessage({ headers: new Map(), body: body.subarray(1) }));
    expect(message?.body.length).toBe(MAX_BODY_BYTES);
  });
});
