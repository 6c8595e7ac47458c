import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { StreamTail } from "../../src/bedrock/index.js";
import { readRecording } from "../server/support/recording.js";

function tailOf(body: Uint8Array, pieces: readonly number[] = [Infinity]): StreamTail {
  const tail = new StreamTail();
  for (let at = 0, i = 0; at < body.length; i += 1) {
    const length = pieces[i % pieces.length] ?? 1;
    tail.push(body.subarray(at, at + length));
    at += length;
  }
  return tail;
}

describe.each([
  ["llama3-8b.invoke-with-response-stream", 23],
  ["llama2-13b-chat.invoke-with-response-stream", 10],
  ["llama3-2-1b.converse-stream", 52],
])("%s", (name, inputTokens) => {
  const { body } = readRecording(name).response;

  test("tells its tokens, in whatever pieces it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), (pieces) => {
        const tail = tailOf(body, pieces);
        expect(tail.isWithinFrame).toBe(false);
        expect(tail.usage()).toEqual({ inputTokens, outputTokens: expect.any(Number) as number });
      }),
      { numRuns: 30 },
    );
  });

  test("is known to be cut within a frame, and tells nothing before its last", () => {
    const tail = tailOf(body.subarray(0, body.length - 1));
    expect(tail.isWithinFrame).toBe(true);
    expect(tail.usage()).toBeUndefined();
    const first = body.subarray(0, body.readUInt32BE(0));
    expect([tailOf(first).isWithinFrame, tailOf(first).usage()]).toEqual([false, undefined]);
    expect(tailOf(body.subarray(0, 2)).isWithinFrame).toBe(true);
  });
});

test.each([
  ["nothing", ""],
  ["no stream", "<html>no such page</html>"],
  ["a length of nothing", "\0\0\0\x01rest"],
])("%s is no stream, and isn't held", (_what, text) => {
  const tail = tailOf(Buffer.from(text));
  expect([tail.isWithinFrame, tail.usage()]).toEqual([false, undefined]);
});
