import { setTimeout as realTime } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { EngineStoppedError } from "../../../src/engine/index.js";
import {
  ClientGoneError,
  FaultCutError,
  ReaderStalledError,
  ServerClosingError,
} from "../../../src/server/errors.js";
import { FaultPlan } from "../../../src/server/faults/fault-plan.js";
import { defaultLimits, operationNames, parseFault } from "../../../src/server/index.js";
import { SilenceWatch } from "../../../src/server/transport/frame-writer.js";
import { ask, type AskedServices } from "../support/ask.js";
import { readEvents, readFrames } from "../support/frames.js";
import { MODEL, STREAM } from "../support/start.js";
import { manualEngine } from "../support/manual-engine.js";

/** What a stream's reader gets while the engine's next token is awaited, and how the frame that was begun ends. */
const CONVERSE = `/model/${MODEL}/converse-stream`;
const BODIES = {
  [STREAM]: '{"prompt":"Hi"}',
  [CONVERSE]: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
};

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance", "Date"],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

interface OpenOptions extends AskedServices {
  readonly path?: keyof typeof BODIES;
  readonly reads?: boolean;
}

/** A stream that is being written, and what its reader has got. */
async function open({ path = STREAM, reads = true, ...services }: OpenOptions = {}) {
  const engine = manualEngine();
  const controller = new AbortController();
  const body = BODIES[path];
  const { exchange, bytes, read, record, events, done } = ask(
    { engine, padding: () => 0.5, ...services },
    { path, body, reads, signal: controller.signal },
  );
  const written = done.then(() => {
    const broken = events.find((event) => event.type === "aborted");
    return broken ? broken.error : "whole";
  });
  /** Lets everything happen that happens at once. */
  const settle = () => vi.advanceTimersByTimeAsync(0);
  await settle();
  return {
    engine,
    exchange,
    bytes,
    read,
    written,
    record,
    frames: () => readFrames(bytes()).map(({ type, json, p }) => [type, json, p?.length]),
    events: () => readEvents(bytes()).map(({ type, json, p }) => [type, json, p?.length]),
    async say(...tokens: Parameters<typeof engine.say>) {
      engine.say(...tokens);
      await settle();
    },
    async fail(error: Error) {
      engine.fail(error);
      await settle();
    },
    async abort(reason: Error) {
      controller.abort(reason);
      await settle();
    },
    async pass(ms: number) {
      await vi.advanceTimersByTimeAsync(ms);
    },
  };
}

const chunk = (text: string, prompt: number | null, count: number) =>
  `{"generation":"${text}","prompt_token_count":${prompt ?? "null"},"generation_token_count":${count},"stop_reason":null}`;
const last = (count: number) =>
  expect.stringMatching(
    new RegExp(
      `^\\{"generation":"","prompt_token_count":null,"generation_token_count":${count},"stop_reason":"stop","amazon-bedrock-invocationMetrics"`,
      "u",
    ),
  ) as string;
/** The padding of an ordinary frame here, and of one that ends empty. */
const P = 32;
const EMPTY_P = 61;

describe("a stream that waits for its engine's next token", () => {
  it("begins its next frame after 1.5 s, and lets the token fill it", async () => {
    const stream = await open();
    await stream.pass(1_499);
    expect(stream.bytes()).toHaveLength(0);
    await stream.pass(201);
    expect(stream.bytes()).toHaveLength(12);
    await stream.pass(2_000);
    expect(stream.bytes()).toHaveLength(15);
    await stream.pass(56_000);
    expect(stream.bytes()).toHaveLength(99);
    await stream.say("Hello");
    expect(stream.frames()).toEqual([["chunk", chunk("Hello", 7, 1), 53]]);
  });

  it("does so before any token, and no frame is added", async () => {
    const stream = await open();
    await stream.say("a");
    await stream.pass(60_000);
    await stream.say("b");
    await stream.say("c");
    await stream.pass(3_000);
    await stream.say("d");
    await stream.say("", "stop");
    expect(await stream.written).toBe("whole");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("a", 7, 1), P],
      ["chunk", chunk("b", null, 2), expect.any(Number)],
      ["chunk", chunk("c", null, 3), P],
      ["chunk", chunk("d", null, 4), expect.any(Number)],
      ["chunk", last(5), P],
    ]);
  });

  it("does so in ConverseStream, whose messageStart leaves at once", async () => {
    const stream = await open({ path: CONVERSE });
    expect(stream.events()).toEqual([["messageStart", '{"role":"assistant"}', P]]);
    const { length } = stream.bytes();
    await stream.pass(1_700);
    expect(stream.bytes()).toHaveLength(length + 12);
    await stream.pass(60_000);
    await stream.say("Hi");
    await stream.pass(60_000);
    await stream.say("", "stop");
    expect(await stream.written).toBe("whole");
    expect(stream.events()).toEqual([
      ["messageStart", '{"role":"assistant"}', P],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":"Hi"}}', 59],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""}}', 61],
      ["contentBlockStop", '{"contentBlockIndex":0}', P],
      ["messageStop", '{"stopReason":"end_turn"}', P],
      ["metadata", expect.any(String), P],
    ]);
  });

  it("has not a byte more where nothing had to wait for so long", async () => {
    const bytesWith = async (silentMs: number) => {
      const stream = await open();
      for (const text of ["a", "", "é", "x".repeat(50)]) {
        await stream.pass(silentMs);
        await stream.say(text);
      }
      return stream.bytes();
    };
    expect(await bytesWith(1_400)).toEqual(await bytesWith(0));
  });
});

describe("a frame that was begun and isn't filled by a token ends empty", () => {
  it("where the engine fails, before the first token", async () => {
    const stream = await open();
    await stream.pass(10_000);
    await stream.fail(new EngineStoppedError("It died."));
    expect(await stream.written).toBe("whole");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("It died."), undefined],
    ]);
    expect(stream.record()["exception"]).toBe("ModelStreamErrorException");
  });

  it("where it fails later: it tells the tokens so far, and the prompt's no more", async () => {
    const stream = await open();
    await stream.say("a");
    await stream.say("b");
    await stream.pass(10_000);
    await stream.fail(new EngineStoppedError("It died."));
    expect(stream.frames().slice(2)).toEqual([
      ["chunk", chunk("", null, 2), EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("It died."), undefined],
    ]);
  });

  it("where it fails in ConverseStream", async () => {
    const stream = await open({ path: CONVERSE });
    await stream.pass(10_000);
    await stream.fail(new EngineStoppedError("It died."));
    expect(stream.events()).toEqual([
      ["messageStart", '{"role":"assistant"}', P],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""}}', EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("It died."), undefined],
    ]);
  });

  it("where the server closes", async () => {
    const stream = await open();
    await stream.pass(10_000);
    await stream.abort(new ServerClosingError());
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("shutting down"), undefined],
    ]);
  });

  it("where a fault cuts the connection", async () => {
    const faults = new FaultPlan([parseFault("cut,after=0", operationNames)]);
    const stream = await open({ faults });
    await stream.pass(10_000);
    await stream.say("never sent");
    expect(await stream.written).toBeInstanceOf(FaultCutError);
    expect(stream.frames()).toEqual([["chunk", chunk("", 7, 0), EMPTY_P]]);
  });

  it("where a fault is an exception", async () => {
    const faults = new FaultPlan([parseFault("ThrottlingException,after=1", operationNames)]);
    const stream = await open({ faults });
    await stream.say("a");
    await stream.pass(10_000);
    await stream.say("never sent");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("a", 7, 1), P],
      ["chunk", chunk("", null, 1), EMPTY_P],
      ["throttlingException", expect.any(String), undefined],
    ]);
  });

  it("where the token is the last, with its metrics", async () => {
    const stream = await open();
    await stream.say("a");
    await stream.pass(10_000);
    await stream.say("", "stop");
    expect(await stream.written).toBe("whole");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("a", 7, 1), P],
      ["chunk", chunk("", null, 1), EMPTY_P],
      ["chunk", last(2), P],
    ]);
  });

  it("where the token's text is too long, which follows then", async () => {
    const stream = await open();
    await stream.pass(10_000);
    await stream.say("x".repeat(50));
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["chunk", chunk("x".repeat(50), null, 1), P],
    ]);
  });

  it("where there is no padding", async () => {
    const stream = await open({ padding: false });
    await stream.pass(10_000);
    await stream.say("a");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), undefined],
      ["chunk", chunk("a", null, 1), undefined],
    ]);
  });

  it("where its bytes run out, and the next one is begun", async () => {
    const stream = await open();
    await stream.pass(71_700);
    expect(stream.bytes()).toHaveLength(117);
    await stream.pass(2_000);
    expect(stream.frames()).toEqual([["chunk", chunk("", 7, 0), EMPTY_P]]);
    const { length } = stream.bytes();
    await stream.pass(1_700);
    expect(stream.bytes()).toHaveLength(length + 12);
    await stream.say("a");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["chunk", chunk("a", null, 1), expect.any(Number)],
    ]);
  });
});

describe("nothing more is written", () => {
  it("to a reader that is gone", async () => {
    const stream = await open();
    await stream.pass(10_000);
    const { length } = stream.bytes();
    stream.exchange.writable.destroy();
    await stream.pass(10_000);
    await stream.abort(new ClientGoneError());
    expect(await stream.written).toBeInstanceOf(ClientGoneError);
    expect(stream.bytes()).toHaveLength(length);
  });

  it("to a reader that is gone before that is known: not even the token that comes", async () => {
    const stream = await open();
    await stream.pass(10_000);
    const { length } = stream.bytes();
    stream.exchange.writable.destroy();
    await stream.say("a");
    expect(await stream.written).toBeInstanceOf(ClientGoneError);
    expect(stream.bytes()).toHaveLength(length);
  });

  it("while the reader takes nothing, and more once it does", async () => {
    const stream = await open({ reads: false });
    await stream.pass(30_000);
    expect(stream.bytes()).toHaveLength(12);
    stream.read();
    await stream.pass(2_000);
    expect(stream.bytes().length).toBeGreaterThan(12);
    await stream.say("a");
    expect(stream.frames()).toEqual([["chunk", chunk("a", 7, 1), 61]]);
  });

  it("to a reader that is cut since it doesn't read", async () => {
    const limits = { ...defaultLimits, readerLagBytes: 100, stallMs: 5_000 };
    const stream = await open({ reads: false, limits });
    await stream.pass(10_000);
    expect(stream.bytes()).toHaveLength(12);
    await stream.say("a");
    await stream.pass(15_000);
    expect(await stream.written).toBeInstanceOf(ReaderStalledError);
    expect(stream.bytes()).toHaveLength(12);
  });

  it("to a reader that doesn't read, when a fault cuts the connection", async () => {
    const faults = new FaultPlan([parseFault("cut,after=0", operationNames)]);
    const limits = { ...defaultLimits, readerLagBytes: 100 };
    const stream = await open({ reads: false, limits, faults });
    await stream.pass(10_000);
    await stream.say("never sent");
    expect(await stream.written).toBeInstanceOf(FaultCutError);
    expect(stream.exchange.writable.writableLength).toBe(12);
  });

  it.each(["slow,ms=60000", "stall", "slow,after=1,ms=60000", "stall,after=1"])(
    "in the silence of a fault: %s",
    async (fault) => {
      const stream = await open({ faults: new FaultPlan([parseFault(fault, operationNames)]) });
      await stream.say("a");
      await stream.say("b");
      const { length } = stream.bytes();
      await stream.pass(59_000);
      expect(stream.bytes()).toHaveLength(length);
    },
  );

  it("in a fault's silence that follows the engine's own", async () => {
    // a fault takes real time
    const stream = await open({ faults: new FaultPlan([parseFault("slow,ms=1000", operationNames)]) });
    await stream.pass(10_000);
    const { length } = stream.bytes();
    expect(length).toBeGreaterThan(12);
    await stream.say("a");
    await stream.pass(29_000);
    expect(stream.bytes()).toHaveLength(length);
    await realTime(1_100);
    expect(stream.frames()).toEqual([["chunk", chunk("a", 7, 1), 61]]);
  });

  it("where the limit says never", async () => {
    const stream = await open({ limits: { ...defaultLimits, silenceMs: Infinity } });
    await stream.pass(600_000);
    expect(stream.bytes()).toHaveLength(0);
  });
});

describe("SilenceWatch", () => {
  it("has one timer for all streams, and none without", () => {
    const silenceWatch = new SilenceWatch();
    const checks = [0, 0];
    const streams = checks.map((_, i) => ({ check: () => void (checks[i] = (checks[i] ?? 0) + 1) }));
    expect(vi.getTimerCount()).toBe(0);
    for (const stream of streams) silenceWatch.add(stream);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(checks).toEqual([10, 10]);
    for (const stream of streams) silenceWatch.delete(stream);
    expect(vi.getTimerCount()).toBe(0);
  });
});
