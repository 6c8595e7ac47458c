import { afterAll, beforeAll, expect } from "vitest";

import {
  type Front,
  invoke,
  invokeStream,
  type NativeChunk,
  nativeInput,
  sdkClient,
  startFront,
} from "./support/front.js";
import { check, useTarget, writeResults } from "./support/record.js";
import { whyNoTarget } from "./support/targets.js";

/** How long the server may be silent between two tokens, in ms. */
const SILENCE_MS = 3_000;

/** Long enough to be running when the signal comes. */
const MAX_TOKENS = 1_500;

const running = useTarget();
/** Cria in front of the server, and a client for it. */
let started: { readonly front: Front; readonly client: ReturnType<typeof sdkClient> } | undefined;

beforeAll(async () => {
  if (whyNoTarget() !== undefined) return;
  const { url, model, key } = running();
  const front = await startFront({ url: `${url}/v1`, model, key, silenceMs: SILENCE_MS });
  started = { front, client: sdkClient(front.server.url) };
  await front.server.ready();
}, 60_000);
afterAll(async () => {
  started?.client.destroy();
  await started?.front.server.close({ graceMs: 0 });
});

function client(): ReturnType<typeof sdkClient> {
  if (!started) throw new Error("Cria wasn't started.");
  return started.client;
}

writeResults("signals", () => running().title);

const story = () => nativeInput(running().question("Tell me a very long story about a llama."), MAX_TOKENS);

/** Chunks of a stream after which every request that was sent before it is being answered, too. */
const UNDER_WAY = 12;

const BROKEN_WORDS = "`ModelErrorException`, 424";
const BROKEN = { name: "ModelErrorException", $metadata: { httpStatusCode: 424, attempts: 1 } };

/** Sends a signal once tokens come, and expects the stream to break after them. */
async function breakStream(signal: "SIGSTOP" | "SIGKILL"): Promise<string> {
  const chunks: NativeChunk[] = [];
  const reading = invokeStream(client(), story(), (chunk) => {
    chunks.push(chunk);
    if (chunks.length === UNDER_WAY) running().signal(signal);
  });
  await expect(reading).rejects.toMatchObject({ name: "ModelStreamErrorException" });
  expect(chunks.length).toBeGreaterThanOrEqual(UNDER_WAY);
  expect(chunks.every(({ stop_reason: reason }) => reason === null)).toBe(true);
  return "`ModelStreamErrorException`, as a frame after the tokens that came";
}

/** The same for an answer as a whole, while a stream shows that the server generates. */
async function stopWhole(): Promise<string> {
  const leaving = new AbortController();
  const whole = invoke(client(), story());
  const refused = expect(whole).rejects.toMatchObject(BROKEN);
  let count = 0;
  await invokeStream(
    client(),
    story(),
    () => {
      if (++count === UNDER_WAY) leaving.abort();
    },
    leaving.signal,
  ).catch(() => undefined);
  running().signal("SIGSTOP");
  await refused;
  return BROKEN_WORDS;
}

const STOPPED = "its processes are stopped (SIGSTOP) in mid-stream";
check("InvokeModelWithResponseStream", STOPPED, async () => {
  const words = await breakStream("SIGSTOP");
  running().signal("SIGCONT");
  return words;
});
check("InvokeModel", STOPPED, async () => {
  const words = await stopWhole();
  running().signal("SIGCONT");
  return words;
});

const ON = "they go on (SIGCONT)";
check("InvokeModel", ON, async () => {
  const { generation_token_count: count } = await invoke(client(), nativeInput("Once upon a time", 8));
  expect(count).toBe(8);
  return "the whole answer";
});
check("InvokeModelWithResponseStream", ON, async () => {
  const chunks: NativeChunk[] = [];
  await invokeStream(client(), nativeInput("Once upon a time", 8), (chunk) => chunks.push(chunk));
  expect(chunks).toHaveLength(8);
  return "the whole answer";
});

const KILLED = "its processes are killed in mid-stream";
let wholeThen: Promise<unknown> | undefined;
check("InvokeModelWithResponseStream", KILLED, () => {
  wholeThen = invoke(client(), story()).catch((error: unknown) => error);
  return breakStream("SIGKILL");
});
check("InvokeModel", KILLED, async () => {
  expect(await wholeThen).toMatchObject(BROKEN);
  return BROKEN_WORDS;
});

const GONE = "it isn't there";
const UNAVAILABLE = { name: "ServiceUnavailableException", $metadata: { httpStatusCode: 503, attempts: 3 } };
check("InvokeModel", GONE, async () => {
  await expect(invoke(client(), nativeInput("Hi", 8))).rejects.toMatchObject(UNAVAILABLE);
  return "`ServiceUnavailableException`, 503; 3 tries";
});
check("InvokeModelWithResponseStream", GONE, async () => {
  await expect(invokeStream(client(), nativeInput("Hi", 8), () => undefined)).rejects.toMatchObject(
    UNAVAILABLE,
  );
  return "`ServiceUnavailableException`, 503; 3 tries";
});
