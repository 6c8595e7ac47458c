import { describe, expect, it } from "vitest";

import {
  chunkFrames,
  encodeChunkFrame,
  encodeEventFrame,
  eventFrames,
  type FrameCodec,
  type NativeLlamaResponse,
  type OpenFrame,
} from "../../src/bedrock/index.js";
import { MessageDecoder } from "../../src/event-stream/index.js";

const random = () => 0.3;

const chunk = (generation: string, count: number, promptTokenCount: number | null = null) => ({
  generation,
  promptTokenCount,
  generationTokenCount: count,
  stopReason: null,
});
const METRICS = { inputTokenCount: 7, outputTokenCount: 3, invocationLatency: 1, firstByteLatency: 1 };

/** The payloads of frames, the padding cut out; throws unless they are whole and right. */
function payloads(...parts: readonly (Uint8Array | undefined)[]): { json: string; p: number }[] {
  const decoder = new MessageDecoder();
  const messages = decoder.push(Buffer.concat(parts.map((part) => part ?? fail())));
  decoder.finish();
  return messages.map(({ body }) => {
    const payload = JSON.parse(Buffer.from(body).toString()) as { bytes?: string; p?: string };
    const { bytes, p = "", ...rest } = payload;
    const json = bytes === undefined ? JSON.stringify(rest) : Buffer.from(bytes, "base64").toString();
    return { json, p: p.length };
  });
}

function fail(): never {
  throw new Error("It doesn't fit.");
}

/** The frame whole, by its event. */
const filled = <E>(frame: OpenFrame<E>, event: E) => payloads(frame.start, frame.fill(event));

describe("a chunk that is begun", () => {
  const chunks = (count = 0, prompt: number | null = null) =>
    chunkFrames(random, () => chunk("", count, prompt));

  it("has 117 bytes that don't depend on its token", () => {
    const { start } = chunks().open();
    expect(start).toHaveLength(117);
    // but for the prelude, which depends on the length
    for (const text of ["", "Hello", "é", "\n\n"]) {
      expect(encodeChunkFrame(chunk(text, 5), random).subarray(12, 117)).toEqual(start.subarray(12));
    }
  });

  it("is filled by its token, and its padding makes up the rest", () => {
    const { json, p } = filled(chunks().open(), chunk("Hello", 1))[0] ?? fail();
    expect(json).toBe(
      '{"generation":"Hello","prompt_token_count":null,"generation_token_count":1,"stop_reason":null}',
    );
    expect(p).toBe(61 - 8);
  });

  it("takes 41 bytes of text at least, as JSON and UTF-8", () => {
    for (const count of [0, 8, 9, 10, 98, 99, 2047]) {
      for (const text of [
        "x".repeat(41),
        "é".repeat(20),
        '"'.repeat(20),
        "\u0001".repeat(6),
        "🦙".repeat(10),
      ]) {
        expect(filled(chunks(count).open(), chunk(text, count + 1))).toHaveLength(1);
      }
      expect(
        chunks(count)
          .open()
          .fill(chunk("x".repeat(45), count + 1)),
      ).toBeUndefined();
    }
  });

  it("never has padding that Bedrock has not", () => {
    for (let length = 0; length <= 60; length += 1) {
      const open = chunks(9).open();
      const rest = open.fill(chunk("x".repeat(length), 10));
      const { p } = payloads(open.start, rest ?? open.finishEmpty())[0] ?? fail();
      expect(p).toBeGreaterThanOrEqual(2);
      expect(p).toBeLessThanOrEqual(61);
    }
  });

  it("doesn't take the last chunk, which has metrics, and ends empty", () => {
    const open = chunks(2).open();
    expect(open.fill({ ...chunk("", 3), stopReason: "stop", metrics: METRICS })).toBeUndefined();
    expect(payloads(open.start, open.finishEmpty())).toEqual([
      {
        json: '{"generation":"","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}',
        p: 61,
      },
    ]);
  });

  it("takes no token without padding", () => {
    const open = chunkFrames(false, () => chunk("", 0, 7)).open();
    expect(open.start).toHaveLength(117);
    expect(open.fill(chunk("", 1, 7))).toBeUndefined();
    expect(payloads(open.start, open.finishEmpty())).toEqual([
      {
        json: '{"generation":"","prompt_token_count":7,"generation_token_count":0,"stop_reason":null}',
        p: 0,
      },
    ]);
  });

  describe("tells the prompt's tokens in the stream's first frame only", () => {
    const prompts = (...parts: readonly (Uint8Array | undefined)[]) =>
      payloads(...parts).map(
        ({ json }) => (JSON.parse(json) as { prompt_token_count: unknown }).prompt_token_count,
      );
    const long = chunk("x".repeat(50), 1, 7);

    it("which its token fills", () => {
      const codec = chunks(0, 7);
      const open = codec.open();
      expect(prompts(open.start, open.fill(chunk("a", 1, 7)), codec.encode(chunk("b", 2, 7)))).toEqual([
        7,
        null,
      ]);
    });

    it("which is empty, whatever came of the attempt to fill it", () => {
      const codec = chunks(0, 7);
      const open = codec.open();
      expect(open.fill(long)).toBeUndefined();
      expect(prompts(open.start, open.finishEmpty(), codec.encode(long))).toEqual([7, null]);
    });

    it("which is empty, and followed by another that is begun", () => {
      const codec = chunks(0, 7);
      const first = codec.open();
      const parts = [first.start, first.finishEmpty()];
      const second = codec.open();
      parts.push(second.start, second.finishEmpty());
      const third = codec.open();
      expect(prompts(...parts, third.start, third.fill(chunk("a", 1, 7)))).toEqual([7, null, null]);
    });

    it("which nothing was begun for", () => {
      const codec: FrameCodec<NativeLlamaResponse> = chunks(1, null);
      const first = codec.encode(chunk("a", 1, 7));
      const open = codec.open();
      const second = codec.encode(chunk("b", 2, 7));
      expect(prompts(first, second, open.start, open.finishEmpty())).toEqual([7, null, null]);
    });
  });
});

describe("a contentBlockDelta that is begun", () => {
  const delta = (text: string) => ({ type: "contentBlockDelta", text }) as const;
  const open = (padding: typeof random | false = random) => eventFrames(padding).open();

  it("has 139 bytes that don't depend on its token", () => {
    const { start } = open();
    expect(start).toHaveLength(139);
    for (const text of ["", "Hello", "é"]) {
      expect(encodeEventFrame(delta(text), random).subarray(12, 139)).toEqual(start.subarray(12));
    }
  });

  it("is filled by up to 59 bytes of text, and its padding makes up the rest", () => {
    expect(filled(open(), delta("Hello é"))).toEqual([
      { json: '{"contentBlockIndex":0,"delta":{"text":"Hello é"}}', p: 53 },
    ]);
    for (const text of [
      "x".repeat(59),
      "é".repeat(29),
      '"'.repeat(29),
      "\u0001".repeat(9),
      "🦙".repeat(14),
    ]) {
      expect(filled(open(), delta(text))).toHaveLength(1);
    }
    expect(open().fill(delta("x".repeat(60)))).toBeUndefined();
  });

  it("takes no other event, and nothing without padding", () => {
    expect(open().fill({ type: "contentBlockStop" })).toBeUndefined();
    expect(open(false).fill(delta(""))).toBeUndefined();
  });

  it.each([
    ["with padding", random, 61],
    ["without", false, 0],
  ] as const)("ends empty, %s", (_, padding, p) => {
    const frame = open(padding);
    expect(payloads(frame.start, frame.finishEmpty())).toEqual([
      { json: '{"contentBlockIndex":0,"delta":{"text":""}}', p },
    ]);
  });
});
