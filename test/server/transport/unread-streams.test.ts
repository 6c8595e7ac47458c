import { InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, onTestFinished } from "vitest";

import { createScriptedEngine, withAdmission } from "../../../src/engine/index.js";
import { readEvents, readFrames } from "../support/frames.js";
import { openRaw, protocols, type RawConnection, sendHttp1 } from "../support/http.js";
import { frame, post, PREFACE, requestFrames } from "../support/raw-http2.js";
import { sdkProtocols } from "../support/sdk.js";
import { INVOKE, MODEL, recordingEngine, startServer, STREAM, until } from "../support/start.js";

/** A reader that takes nothing keeps its sequence only while nobody else waits for one. */
const CONVERSE_STREAM = `/model/${MODEL}/converse-stream`;
const BODIES: Readonly<Record<string, string>> = {
  [STREAM]: '{"prompt":"flood","max_gen_len":2048}',
  [CONVERSE_STREAM]: JSON.stringify({ messages: [{ role: "user", content: [{ text: "flood" }] }] }),
};
const [DATA, RST_STREAM, SETTINGS, WINDOW_UPDATE] = [0, 3, 4, 8];

const settings = (window: number) => {
  const setting = Buffer.alloc(6);
  setting.writeUInt16BE(4, 0);
  setting.writeUInt32BE(window, 2);
  return frame(SETTINGS, 0, 0, setting);
};
const update = (stream: number, bytes: number) => {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return frame(WINDOW_UPDATE, 0, stream, payload);
};

/** The frames that a connection got. */
function framesOf({ received }: RawConnection) {
  const bytes = Buffer.from(received, "latin1");
  const frames: { type: number; payload: Buffer }[] = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (end <= bytes.length) frames.push({ type: bytes[at + 3] ?? -1, payload: bytes.subarray(at + 9, end) });
    at = end;
  }
  return frames;
}

/** The body that a connection got. What was written together may come in two frames. */
const bodyOf = (connection: RawConnection) =>
  Buffer.concat(
    framesOf(connection)
      .filter(({ type }) => type === DATA)
      .map(({ payload }) => payload),
  );

/** A server with one sequence, and a reader with window 0 who has it. */
async function held(path: string, limits = {}) {
  const scripts = [
    { tokens: Array<string>(2_048).fill("x".repeat(40)), when: "flood" },
    { tokens: ["Hello"] },
  ];
  const engine = recordingEngine(scripts, { sequences: 1 });
  const { server, lines } = await startServer(
    { tokens: [] },
    {
      engine: withAdmission(engine),
      limits: { giveWayMs: 100, stallMs: 60_000, ...limits },
    },
  );
  const reader = openRaw(server.url);
  onTestFinished(() => void reader.socket.destroy());
  reader.socket.write(Buffer.concat([PREFACE, settings(0), post(path, BODIES[path] ?? "")]));
  await until(() => engine.tokensRead > 50, "the first tokens");
  let read = -1;
  await until(() => {
    const paused = engine.tokensRead === read;
    read = engine.tokensRead;
    return paused;
  }, "the pause");
  const others = () => sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
  return { reader, others, engine, lines };
}

describe.each([STREAM, CONVERSE_STREAM])("a reader that takes nothing of %s", (path) => {
  it("loses its sequence to a request that waits for one, and reads why if it reads on", async () => {
    const { reader, others, engine } = await held(path);
    const { tokensRead } = engine;
    expect(await others()).toMatchObject({ status: 200 });
    expect(engine.requests[0]?.signal?.aborted).toBe(false);
    reader.socket.write(Buffer.concat([update(0, 10_000_000), update(1, 10_000_000)]));
    await until(() => bodyOf(reader).includes("throttlingException"), "the exception");
    const frames = path === STREAM ? readFrames(bodyOf(reader)) : readEvents(bodyOf(reader));
    expect(frames.at(-1)).toMatchObject({
      type: "throttlingException",
      json: expect.stringContaining("Read the stream as it comes, and send the request again.") as string,
    });
    // all that was generated before comes first
    const texts = frames.filter(({ json }) => json.includes("x".repeat(40)));
    expect(texts.length).toBeGreaterThanOrEqual(tokensRead - 5);
  });

  it("is reset if it doesn't read on", async () => {
    const { reader, others, lines } = await held(path, { stallMs: 2_000 });
    expect(await others()).toMatchObject({ status: 200 });
    await until(() => framesOf(reader).some(({ type }) => type === RST_STREAM), "the reset");
    await until(() => lines.length === 2, "the log");
    expect(lines.find(({ exception }) => exception === "ThrottlingException")).toMatchObject({
      abortedByClient: true,
    });
  });

  it("keeps it while nobody waits", async () => {
    const { reader, engine } = await held(path);
    await new Promise((resolve) => setTimeout(resolve, 500));
    reader.socket.write(Buffer.concat([update(0, 10_000_000), update(1, 10_000_000)]));
    await until(() => engine.tokensRead >= 2_048 || bodyOf(reader).includes("metadata"), "the last token");
    expect(bodyOf(reader).includes("throttlingException")).toBe(false);
  });
});

describe("readers that take nothing, and come back", () => {
  const SEQUENCES = 4;
  const scripts = [
    { tokens: Array<string>(2_048).fill("x".repeat(40)), when: "flood" },
    { tokens: ["Hello"] },
  ];
  const WINDOWS = [
    ["no window", 0],
    ["a small window", 1_000],
  ] as const;

  /** Opens a stream on each of some connections every 100 ms, whether or not those before have ended. */
  function flood(url: string, window: number, connections: number) {
    const all = Array.from({ length: connections }, () => openRaw(url));
    for (const { socket } of all) socket.write(Buffer.concat([PREFACE, settings(window)]));
    let stream = -1;
    const ask = () => {
      stream += 2;
      for (const { socket } of all) socket.write(requestFrames(stream, STREAM, BODIES[STREAM]));
    };
    ask();
    const timer = setInterval(ask, 100);
    onTestFinished(() => {
      clearInterval(timer);
      for (const { socket } of all) socket.destroy();
    });
  }

  it.each(WINDOWS)("with %s, keep nobody waiting for long", async (_, window) => {
    const engine = createScriptedEngine({ script: scripts, model: { sequences: SEQUENCES } });
    // the limits are the default ones
    const { server } = await startServer({ tokens: [] }, { engine });
    flood(server.url, window, 16);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (const [, send] of [...protocols, ...protocols]) {
      const start = performance.now();
      expect(await send(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
      // half a second, and what a busy machine needs; it was five
      expect(performance.now() - start).toBeLessThan(3_500);
    }
  });

  it.each(sdkProtocols)("are told from the SDK for JavaScript over %s", async (_, clientFor) => {
    const engine = recordingEngine(scripts);
    const generate = engine.generate.bind(engine);
    const able: (boolean | undefined)[] = [];
    engine.generate = (request) => {
      able.push(request.canTake?.());
      return generate(request);
    };
    const { server } = await startServer({ tokens: [] }, { engine });
    const client = clientFor(server.url);
    for (const prompt of ["Hi", "flood", "Hi"]) {
      const command = new InvokeModelWithResponseStreamCommand({
        modelId: MODEL,
        body: JSON.stringify({ prompt }),
      });
      const { body: events } = await client.send(command);
      for await (const event of events ?? []) expect(event.chunk).toBeDefined();
    }
    expect(able).toEqual([true, true, true]);
  });
});
