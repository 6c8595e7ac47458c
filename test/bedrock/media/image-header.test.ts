import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readImageHeader } from "../../../src/bedrock/media/index.js";
import { gif, jpeg, png, webp } from "../../support/images.js";

const side = fc.integer({ min: 1, max: 0x3fff });

const makers = {
  png,
  jpeg,
  gif,
  "webp, lossy": (width: number, height: number) => webp("lossy", width, height),
  "webp, lossless": (width: number, height: number) => webp("lossless", width, height),
  "webp, extended": (width: number, height: number) => webp("extended", width, height),
};

/** The first bytes of each format, and nothing else. */
const SIGNATURES = Object.values(makers).map((make) => make(1, 1).subarray(0, 16));

describe("readImageHeader", () => {
  it.each(Object.entries(makers))("reads the size of any %s", (name, make) => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        expect(readImageHeader(make(width, height))).toEqual({ format: name.split(",")[0], width, height });
      }),
    );
  });

  it("skips what comes before a JPEG's frame header, whatever kind of frame it is", () => {
    const segments = ["\xff\xe1\0\x06Exif", "\xff\xff\xdb\0\x03\0", "\xff\x01", "\xff\xc4\0\x04\xff\xc0"];
    for (const sof of "\xc0\xc1\xc2\xc3\xc5\xcf")
      expect(readImageHeader(jpeg(640, 480, segments, sof))).toEqual({
        format: "jpeg",
        width: 640,
        height: 480,
      });
  });

  it("reads bytes that are part of a longer buffer", () => {
    const buffer = new Uint8Array(100);
    buffer.set(png(3, 4), 50);
    expect(readImageHeader(buffer.subarray(50))).toEqual({ format: "png", width: 3, height: 4 });
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", Buffer.from("hello")],
    ["a bitmap", Buffer.from("BM\0\0\0\0")],
    ["an image without width", png(0, 5)],
    ["an image without height", gif(5, 0)],
    ["a JPEG without a frame", jpeg(1, 1).subarray(0, 20)],
    [
      "a JPEG with something else in place of a marker",
      Buffer.concat([Buffer.from("ffd8ff", "hex"), Buffer.alloc(50)]),
    ],
  ])("reads %s as no image", (_, content) => {
    expect(readImageHeader(content)).toBeUndefined();
  });

  it("reads an image that is cut within its header as none", () => {
    for (const make of Object.values(makers)) {
      const whole = make(5, 6);
      const least = Array.from({ length: whole.length }, (_, i) => i).find((length) =>
        readImageHeader(whole.subarray(0, length)),
      );
      expect(least ?? whole.length).toBeGreaterThanOrEqual(10);
      expect(readImageHeader(whole.subarray(0, 9))).toBeUndefined();
    }
  });

  it("never throws, and finds sizes from 1 only", () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(...SIGNATURES), fc.uint8Array({ maxLength: 200 }))
        .map(([signature, rest]) => Uint8Array.from([...signature, ...rest])),
    );
    fc.assert(
      fc.property(content, (value) => {
        const header = readImageHeader(value);
        expect(Math.min(header?.width ?? 1, header?.height ?? 1)).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([0x00, 0x01, 0x02, 0xff])("ends for megabytes of %i that begin like a JPEG", (fill) => {
    const content = new Uint8Array(18_000_000).fill(fill);
    content.set([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xff]);
    expect(readImageHeader(content)).toBeUndefined();
  });

  it("ends for a JPEG of millions of empty segments", () => {
    const content = new Uint8Array(18_000_000).map((_, i) => [0xff, 0xe0, 0, 2][i % 4] ?? 0);
    content.set([0xff, 0xd8]);
    expect(readImageHeader(content)).toBeUndefined();
  });
});
