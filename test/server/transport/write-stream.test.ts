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
import { ask, type TestServices } from "../support/ask.js";
import { readEvents, readFrames } from "../support/frames.js";
import { MODEL, STREAM } from "../support/start.js";
import { manualEngine } from "../support/manual-engine.js";

/** The bytes that a client gets while the engine's next token is awaited, and how the open frame ends. */
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

interface OpenOptions extends TestServices {
  readonly path?: keyof typeof BODIES;
  readonly reads?: boolean;
}

/** A stream that is being written, and the bytes received. */
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
  /** Runs everything that needs no timer. */
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
/** The padding of an ordinary frame here, and of an empty one. */
const P = 32;
const EMPTY_P = 61;

describe("a stream that waits for its engine's next token", () => {
  it("opens its next frame after 1.5 s, and the token fills it", async () => {
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

  it("does so before the first token, without an added frame", async () => {
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

  it("does so in ConverseStream, whose messageStart is sent at once", async () => {
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

  it("has no extra byte if no token takes that long", async () => {
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

describe("an open frame that no token fills ends empty", () => {
  it("when the engine fails before the first token", async () => {
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

  it("when the engine fails later: it has the tokens so far, but not the prompt's", async () => {
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

  it("when the engine fails in ConverseStream", async () => {
    const stream = await open({ path: CONVERSE });
    await stream.pass(10_000);
    await stream.fail(new EngineStoppedError("It died."));
    expect(stream.events()).toEqual([
      ["messageStart", '{"role":"assistant"}', P],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""}}', EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("It died."), undefined],
    ]);
  });

  it("when the server closes", async () => {
    const stream = await open();
    await stream.pass(10_000);
    await stream.abort(new ServerClosingError());
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["modelStreamErrorException", expect.stringContaining("shutting down"), undefined],
    ]);
  });

  it("when a fault cuts the connection", async () => {
    const faults = new FaultPlan([parseFault("cut,after=0", operationNames)]);
    const stream = await open({ faults });
    await stream.pass(10_000);
    await stream.say("never sent");
    expect(await stream.written).toBeInstanceOf(FaultCutError);
    expect(stream.frames()).toEqual([["chunk", chunk("", 7, 0), EMPTY_P]]);
  });

  it("when a fault is an exception", async () => {
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

  it("when the token is the last one, with its metrics", async () => {
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

  it("when the token's text is too long; the token follows in its own frame", async () => {
    const stream = await open();
    await stream.pass(10_000);
    await stream.say("x".repeat(50));
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), EMPTY_P],
      ["chunk", chunk("x".repeat(50), null, 1), P],
    ]);
  });

  it("when padding is off", async () => {
    const stream = await open({ padding: false });
    await stream.pass(10_000);
    await stream.say("a");
    expect(stream.frames()).toEqual([
      ["chunk", chunk("", 7, 0), undefined],
      ["chunk", chunk("a", null, 1), undefined],
    ]);
  });

  it("when its bytes run out; the next frame is opened", async () => {
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

describe("no frame is opened", () => {
  it("for a client that has gone", async () => {
    const stream = await open();
    await stream.pass(10_000);
    const { length } = stream.bytes();
    stream.exchange.writable.destroy();
    await stream.pass(10_000);
    await stream.abort(new ClientGoneError());
    expect(await stream.written).toBeInstanceOf(ClientGoneError);
    expect(stream.bytes()).toHaveLength(length);
  });

  it("for a client that has gone unnoticed, and its next token isn't written either", async () => {
    const stream = await open();
    await stream.pass(10_000);
    const { length } = stream.bytes();
    stream.exchange.writable.destroy();
    await stream.say("a");
    expect(await stream.written).toBeInstanceOf(ClientGoneError);
    expect(stream.bytes()).toHaveLength(length);
  });

  it("while the client doesn't read, until it reads again", async () => {
    const stream = await open({ reads: false });
    await stream.pass(30_000);
    expect(stream.bytes()).toHaveLength(12);
    stream.read();
    await stream.pass(2_000);
    expect(stream.bytes().length).toBeGreaterThan(12);
    await stream.say("a");
    expect(stream.frames()).toEqual([["chunk", chunk("a", 7, 1), 61]]);
  });

  it("for a client that is disconnected because it doesn't read", async () => {
    const limits = { ...defaultLimits, readerLagBytes: 100, stallMs: 5_000 };
    const stream = await open({ reads: false, limits });
    await stream.pass(10_000);
    expect(stream.bytes()).toHaveLength(12);
    await stream.say("a");
    await stream.pass(15_000);
    expect(await stream.written).toBeInstanceOf(ReaderStalledError);
    expect(stream.bytes()).toHaveLength(12);
  });

  it("for a client that doesn't read, when a fault cuts the connection", async () => {
    const faults = new FaultPlan([parseFault("cut,after=0", operationNames)]);
    const limits = { ...defaultLimits, readerLagBytes: 100 };
    const stream = await open({ reads: false, limits, faults });
    await stream.pass(10_000);
    await stream.say("never sent");
    expect(await stream.written).toBeInstanceOf(FaultCutError);
    expect(stream.exchange.writable.writableLength).toBe(12);
  });

  it.each(["slow,ms=60000", "stall", "slow,after=1,ms=60000", "stall,after=1"])(
    "during a fault's silence: %s",
    async (fault) => {
      const stream = await open({ faults: new FaultPlan([parseFault(fault, operationNames)]) });
      await stream.say("a");
      await stream.say("b");
      const { length } = stream.bytes();
      await stream.pass(59_000);
      expect(stream.bytes()).toHaveLength(length);
    },
  );

  it("during a fault's silence that follows the engine's own", async () => {
    // a fault uses real time
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

  it("with a limit of Infinity", async () => {
    const stream = await open({ limits: { ...defaultLimits, silenceMs: Infinity } });
    await stream.pass(600_000);
    expect(stream.bytes()).toHaveLength(0);
  });
});

describe("SilenceWatch", () => {
  it("has one timer for all streams, and none without streams", () => {
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
