import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  chunkFrames,
  type ConverseEvent,
  eventFrames,
  type FrameCodec,
  type NativeLlamaResponse,
} from "../../../src/bedrock/index.js";
import { MessageDecoder } from "../../../src/event-stream/index.js";
import { FrameWriter, CHECK_MS } from "../../../src/server/transport/frame-writer.js";

/** Streams of random texts with random silences before them: the decoded text must be the same, with at most empty texts added. */
const SILENCE_MS = 1_500;

interface TimedEvent<E> {
  readonly event: E;
  /** The silence before the event. */
  readonly silentMs: number;
}

/** The bytes sent for these events, each piece as it is written. */
function written<E>(codec: FrameCodec<E>, events: readonly TimedEvent<E>[]): Uint8Array[] {
  const writer = new FrameWriter(codec, SILENCE_MS);
  let now = 1_000;
  const pieces: Uint8Array[] = [];
  for (const { event, silentMs } of events) {
    const until = now + silentMs;
    for (; now < until; now += CHECK_MS) pieces.push(writer.wait(now));
    pieces.push(writer.write(event));
  }
  return pieces;
}

/** The payloads that our decoder reads; Smithy's decoder must read the same. */
function read(pieces: readonly Uint8Array[]): unknown[] {
  const decoder = new MessageDecoder();
  const messages = pieces.flatMap((piece) => decoder.push(piece));
  decoder.finish();
  const smithy = new EventStreamCodec(toUtf8, fromUtf8);
  let rest = new Uint8Array(Buffer.concat(pieces));
  for (const { headers, body } of messages) {
    const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
    const message = smithy.decode(rest.subarray(0, length));
    expect(message.headers).toEqual(Object.fromEntries(headers));
    expect(new Uint8Array(message.body)).toEqual(body);
    rest = rest.subarray(length);
  }
  expect(rest).toHaveLength(0);
  return messages.map(({ headers, body }) => {
    const type = headers.get(":event-type")?.value;
    const { bytes, p, ...payload } = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
    if (p !== undefined) expect(p).toMatch(/^abc?d?e?f?[a-zA-Z0-9]*$/u);
    const native = typeof bytes === "string" ? Buffer.from(bytes, "base64").toString() : undefined;
    return { type, ...(native === undefined ? payload : (JSON.parse(native) as object)) };
  });
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", '"', "é", "€", "🦙", "\n"), minLength: 0, maxLength: 70 }),
);
const silence = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 8_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 300_000 }) },
);
const timedTexts = fc.array(fc.record({ text, silentMs: silence }), { minLength: 1, maxLength: 12 });
const padding = fc.constantFrom(() => 0.5, false as const);

const METRICS = { inputTokenCount: 7, outputTokenCount: 3, invocationLatency: 1, firstByteLatency: 1 };

describe("FrameWriter", () => {
  it("sends the same chunks as without silence, with at most empty ones added", () => {
    fc.assert(
      fc.property(timedTexts, padding, (texts, random) => {
        let count = 0;
        const empty = (): NativeLlamaResponse => ({
          generation: "",
          promptTokenCount: count === 0 ? 7 : null,
          generationTokenCount: count,
          stopReason: null,
        });
        const events = texts.map(({ text: generation, silentMs }, i) => {
          const last = i === texts.length - 1;
          const event = {
            get generation() {
              // a token counts when it arrives
              count = i + 1;
              return generation;
            },
            promptTokenCount: i === 0 ? 7 : null,
            generationTokenCount: i + 1,
            stopReason: last ? ("stop" as const) : null,
            ...(last && { metrics: METRICS }),
          };
          return { event, silentMs };
        });
        const seen = read(written(chunkFrames(random, empty), events)) as Record<string, unknown>[];
        // each added frame is empty, and has the number of tokens before it
        let tokens = 0;
        const kept: unknown[] = [];
        for (const chunk of seen) {
          expect(chunk["type"]).toBe("chunk");
          if (chunk["generation_token_count"] === tokens) {
            expect(chunk).toMatchObject({ generation: "", stop_reason: null });
            expect(Object.keys(chunk)).not.toContain("amazon-bedrock-invocationMetrics");
            continue;
          }
          tokens += 1;
          kept.push([chunk["generation"], chunk["generation_token_count"], chunk["stop_reason"]]);
        }
        expect(kept).toEqual(
          texts.map((each, i) => [
            // a lone surrogate can't be encoded in UTF-8, but JSON can escape it
            each.text,
            i + 1,
            i === texts.length - 1 ? "stop" : null,
          ]),
        );
        const prompts = seen.map((chunk) => chunk["prompt_token_count"]);
        expect(prompts).toEqual([7, ...prompts.slice(1).map(() => null)]);
      }),
    );
  });

  it("sends the same events of ConverseStream, with at most empty deltas added", () => {
    fc.assert(
      fc.property(timedTexts, padding, (texts, random) => {
        const deltas = texts.map(
          (each) =>
            ({ event: { type: "contentBlockDelta", text: each.text }, silentMs: each.silentMs }) as const,
        );
        const events: TimedEvent<ConverseEvent>[] = [
          { event: { type: "messageStart" }, silentMs: 0 },
          ...deltas,
          { event: { type: "contentBlockStop" }, silentMs: 0 },
        ];
        const plain = read(
          written(
            eventFrames(random),
            events.map((each) => ({ ...each, silentMs: 0 })),
          ),
        );
        const seen = read(written(eventFrames(random), events));
        const empty = { type: "contentBlockDelta", contentBlockIndex: 0, delta: { text: "" } };
        const full = (list: readonly unknown[]) =>
          list.filter((event) => JSON.stringify(event) !== JSON.stringify(empty));
        expect(full(seen)).toEqual(full(plain));
        expect(seen.length).toBeGreaterThanOrEqual(plain.length);
      }),
    );
  });

  it("adds no frame if every token fits", () => {
    const short = fc.array(
      fc.record({
        text: fc.string({ unit: fc.constantFrom("a", "é", "🦙"), maxLength: 10 }),
        silentMs: fc.integer({ min: 0, max: 70_000 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(short, (texts) => {
        const events = texts.map(
          (each) =>
            ({ event: { type: "contentBlockDelta", text: each.text }, silentMs: each.silentMs }) as const,
        );
        expect(read(written(eventFrames(Math.random), events))).toHaveLength(texts.length);
      }),
    );
  });

  it("changes no byte if nothing had to wait", () => {
    fc.assert(
      fc.property(timedTexts, (texts) => {
        const codec = () => eventFrames(() => 0.4);
        const events = texts.map(
          (each) =>
            ({
              event: { type: "contentBlockDelta", text: each.text },
              silentMs: Math.min(each.silentMs, SILENCE_MS - CHECK_MS),
            }) as const,
        );
        const plain = codec();
        expect(Buffer.concat(written(codec(), events))).toEqual(
          Buffer.concat(events.map(({ event }) => plain.encode(event))),
        );
      }),
    );
  });

  it("sends 12 bytes after the silence, then three every two seconds, never fewer; then ends the frame empty and opens a new one", () => {
    const writer = new FrameWriter(eventFrames(Math.random), SILENCE_MS);
    const sent: { at: number; bytes: number }[] = [];
    // Node's timers always fire a little late
    for (let now = 0; now < 200_000; now += CHECK_MS + 3) {
      const { length } = writer.wait(now);
      if (length > 0) sent.push({ at: now, bytes: length });
    }
    expect(sent[0]).toEqual({ at: 15 * (CHECK_MS + 3), bytes: 12 });
    let total = 0;
    for (const [i, { at, bytes }] of sent.slice(0, 43).entries()) {
      if (i > 0) total += bytes;
      // in the first frame, 127 known bytes follow the prelude
      if (i > 0) expect(bytes).toBe(3);
      expect(total).toBeGreaterThanOrEqual(Math.floor((at - (sent[0]?.at ?? 0)) / 2_000) * 3);
      if (i > 0) expect(at - (sent[i - 1]?.at ?? 0)).toBeLessThanOrEqual(2_000 + CHECK_MS);
    }
    // the end of the empty frame, then the next frame's prelude
    expect(sent[43]?.bytes).toBeGreaterThan(60);
    expect(sent[44]?.bytes).toBe(12);
    expect((sent[44]?.at ?? 0) - (sent[43]?.at ?? 0)).toBeLessThan(2_000);
  });

  it("catches up after the process was blocked", () => {
    const writer = new FrameWriter(eventFrames(Math.random), SILENCE_MS);
    for (let now = 0; now <= SILENCE_MS; now += CHECK_MS) writer.wait(now);
    let bytes = 0;
    for (let now = 20_000; now < 21_500; now += CHECK_MS) bytes += writer.wait(now).length;
    expect(bytes).toBeGreaterThanOrEqual(27);
  });
});
