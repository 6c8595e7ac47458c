import { beforeAll, expect, type TestContext } from "vitest";

import { type FaultRow, faults, type Outcome } from "./faults.js";
import { startFaultProxy } from "./support/fault-proxy.js";
import {
  invoke,
  invokeStream,
  type NativeChunk,
  nativeInput,
  sdkClient,
  startFront,
} from "./support/front.js";
import { check, useTarget, writeResults } from "./support/record.js";
import { whyNoTarget } from "./support/targets.js";

const PROMPT = "Once upon a canary-prompt there was";
const MAX_TOKENS = 24;

/** What no caller may learn, beside the server's words and its port. */
const PATH = "/canary-path";

/** How long the server may be silent where silence is the fault, in ms, and elsewhere: other checks keep it busy. */
const SILENCE_MS = 2_000;
/** The same before the first token: a server that counts a prompt by an answer of one token needs some of it for that. */
const FIRST_TOKEN_MS = 10_000;
const PATIENCE_MS = 180_000;

const running = useTarget();

/** The greedy answer of the server itself. */
let whole: string;
beforeAll(async () => {
  if (whyNoTarget() === undefined) ({ text: whole } = await running().direct(PROMPT, MAX_TOKENS, false));
}, 120_000);
writeResults("faults", () => running().title);

/** What an SDK client learns of a failure. */
interface Seen {
  readonly outcome: Outcome;
  /** All that reached the client, to look for what mustn't. */
  readonly everything: string;
}

async function failureOf(call: Promise<unknown>): Promise<Seen> {
  try {
    await call;
    return { outcome: {}, everything: "" };
  } catch (error) {
    const { name, $metadata, $response } = error as {
      name: string;
      $metadata?: { httpStatusCode?: number; attempts?: number };
      $response?: { statusCode?: number; headers?: unknown };
    };
    const status = $metadata?.httpStatusCode;
    return {
      outcome: {
        error: name,
        ...(status !== undefined && status !== 200 && { status }),
        ...($metadata?.attempts !== undefined && $metadata.attempts > 1 && { attempts: $metadata.attempts }),
      },
      everything: JSON.stringify([error, String(error), Object.entries(error as object), $response?.headers]),
    };
  }
}

/** Checks that a caller learns nothing of the server, and the log no prompt, no answer and no key. */
function expectNoLeak(seen: Seen, log: string, port: string): void {
  for (const secret of [port, "canary", "ECONN", "undici"]) expect(seen.everything).not.toContain(secret);
  for (const secret of ["canary-key", "canary-prompt", whole.slice(0, 20)]) expect(log).not.toContain(secret);
}

async function startBroken(context: TestContext, { fault, silent }: FaultRow) {
  const target = running();
  const proxy = await startFaultProxy(target.url, PATH);
  const front = await startFront({
    url: `${proxy.url}/v1`,
    model: target.model,
    key: target.key ?? "canary-key",
    silenceMs: silent === "between" ? SILENCE_MS : PATIENCE_MS,
    firstTokenMs: silent === "before" ? FIRST_TOKEN_MS : PATIENCE_MS,
  });
  const client = sdkClient(front.server.url);
  context.onTestFinished(async () => {
    client.destroy();
    await front.server.close({ graceMs: 0 });
    await proxy.close();
  });
  await front.server.ready();
  proxy.fault = fault;
  return { proxy, front, client, port: new URL(proxy.url).port };
}

/** An outcome as a cell of the table in docs/upstreams.md. */
function inWords({ error, status, attempts }: Outcome): string {
  if (error === undefined) return "the whole answer";
  const how = status === undefined ? "as a frame after the tokens that came" : String(status);
  return `\`${error}\`, ${how}${attempts === undefined ? "" : `; ${attempts} tries`}`;
}

for (const row of faults) {
  const { what, whole: expected, stream = expected, reached = expected.attempts ?? 1 } = row;

  const checkBeside = (operation: string, run: Parameters<typeof check>[2]) =>
    check(operation, what, run, { concurrent: true });

  checkBeside("InvokeModel", async (context) => {
    const { proxy, front, client, port } = await startBroken(context, row);
    let got: NativeChunk | undefined;
    const seen = await failureOf(
      invoke(client, nativeInput(PROMPT, MAX_TOKENS)).then((answer) => (got = answer)),
    );
    expect(seen.outcome).toEqual(expected);
    // a kept connection that breaks is tried again on a new one
    if (row.fault.kind !== "cut") expect(proxy.generations()).toBe(reached);
    if (expected.error === undefined) {
      expect(got).toMatchObject({ generation: whole, generation_token_count: MAX_TOKENS });
    }
    expectNoLeak(seen, front.log(), port);
    if ((expected.status ?? 0) >= 424) expect(front.log()).toContain(`127.0.0.1:${port}`);
    return inWords(expected);
  });

  checkBeside("InvokeModelWithResponseStream", async (context) => {
    const { front, client, port } = await startBroken(context, row);
    const chunks: NativeChunk[] = [];
    const seen = await failureOf(
      invokeStream(client, nativeInput(PROMPT, MAX_TOKENS), (chunk) => chunks.push(chunk)),
    );
    expect(seen.outcome).toEqual(stream);
    // nothing is lost, doubled or quietly short
    const text = chunks.map(({ generation }) => generation).join("");
    expect(chunks.map((chunk) => chunk.generation_token_count)).toEqual(chunks.map((_, i) => i + 1));
    if (stream.error === undefined) {
      expect(text).toBe(whole);
      expect(chunks).toHaveLength(MAX_TOKENS);
      expect(chunks.at(-1)?.stop_reason).toBe("length");
    } else {
      expect(whole.startsWith(text)).toBe(true);
      expect(chunks.every(({ stop_reason: reason }) => reason === null)).toBe(true);
      if (stream.status === undefined) expect(chunks.length).toBeGreaterThan(0);
      else expect(chunks).toEqual([]);
    }
    expectNoLeak(seen, front.log(), port);
    return inWords(stream);
  });
}
