import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import type { Script } from "../../src/engine/index.js";
import { FaultPlan } from "../../src/server/index.js";
import { openRaw, sendHttp1 } from "./support/http.js";
import { INVOKE, startServer, STREAM, until } from "./support/start.js";

/** After as long the server has begun to read a request, under Wine too. */
const SEEN_MS = 200;

/** Whatever a request's end, its place, its body's memory and its sequence are free again. */
const ENDS = 5;

/** Two of these fit into the memory for bodies, and nothing beside them. */
const FULL_BODY = JSON.stringify({ prompt: `Hi ${"x".repeat(2_000)}` });
const LIMITS = {
  requests: 2,
  bodyBytes: 2 * FULL_BODY.length - 100,
  bodyBytesInAll: 2 * FULL_BODY.length,
};

const prompt = (text: string) => JSON.stringify({ prompt: text });
const headOf = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;

/** Sends a request whose client leaves once `condition` holds. */
async function leave(url: string, request: string, condition: () => Promise<void>): Promise<void> {
  const { socket, closed } = openRaw(url);
  socket.write(request);
  await condition();
  socket.destroy();
  await closed;
}

interface Started extends Awaited<ReturnType<typeof startServer>> {
  readonly faults: FaultPlan;
}

/** How a request ends; resolves with the status of its response, if it has one. */
type End = (started: Started) => Promise<number | undefined>;

const answered =
  (path: string, body: string, headers = {}): End =>
  async ({ server }) =>
    (await sendHttp1(server.url, path, { body, headers })).status;

const ends: readonly (readonly [string, number | undefined, End])[] = [
  ["no such operation", 404, answered("/nope", FULL_BODY)],
  ["no such model", 400, answered("/model/nope/invoke", FULL_BODY)],
  ["a body that is too long", 400, answered(INVOKE, "x".repeat(4_500))],
  [
    "a body that turns out to be too long",
    400,
    answered(INVOKE, "x".repeat(4_500), { "transfer-encoding": "chunked" }),
  ],
  ["a body that is no JSON", 400, answered(STREAM, FULL_BODY.slice(1))],
  ["a mistake in the engine", 500, answered(INVOKE, prompt("BREAK"))],
  ["an answer that fails", 424, answered(INVOKE, prompt("FAIL"))],
  ["a stream that fails", 200, answered(STREAM, prompt("FAIL"))],
  [
    "a client that leaves in its body",
    undefined,
    async ({ server }) => {
      const request = headOf(STREAM, FULL_BODY.length) + FULL_BODY.slice(0, -1);
      await leave(server.url, request, () => sleep(SEEN_MS));
      return undefined;
    },
  ],
  [
    "a client that leaves in its stream",
    undefined,
    async ({ server, engine }) => {
      const before = engine.tokensRead;
      const body = prompt("WAIT");
      await leave(server.url, headOf(STREAM, body.length) + body, () =>
        until(() => engine.tokensRead > before, "its first token"),
      );
      return undefined;
    },
  ],
  [
    "a connection that a fault cuts",
    undefined,
    async ({ server, faults }) => {
      faults.replace([{ kind: "cut", after: 1, count: 1 }]);
      await expect(sendHttp1(server.url, STREAM, { body: prompt("Hi") })).rejects.toThrow();
      return undefined;
    },
  ],
];

function scriptOf({ prompt: text }: { readonly prompt: string }): Script {
  if (text.includes("BREAK")) throw new Error("a mistake");
  if (text.includes("WAIT")) return { tokens: ["a", { text: "b", delayMs: 600_000 }] };
  return text.includes("FAIL") ? { tokens: ["a", "b"], failAfter: 1 } : { tokens: ["a", "b"] };
}

it.each(ends)("a request gives back all that it held: %s", async (_, status, end) => {
  const faults = new FaultPlan();
  const started = await startServer(scriptOf, { limits: LIMITS, faults, model: { sequences: 2 } });
  for (let i = 0; i < ENDS; i += 1) expect(await end({ ...started, faults })).toBe(status);
  const ended = () => started.lines.filter(({ durationMs }) => durationMs !== undefined).length;
  await until(() => ended() === ENDS, "the end of each");
  // two that hold all places, all memory and all sequences
  const holding = [1, 2].map(() => {
    const { socket } = openRaw(started.server.url);
    socket.write(headOf(STREAM, FULL_BODY.length) + FULL_BODY.slice(0, -1));
    return socket;
  });
  await sleep(SEEN_MS);
  expect((await sendHttp1(started.server.url, INVOKE, { body: FULL_BODY })).status).toBe(429);
  for (const socket of holding) socket.write(FULL_BODY.slice(-1));
  const statuses = () => started.lines.map((line) => line["status"]).slice(ENDS);
  await until(() => ended() === ENDS + 3, "the end of the two");
  expect(statuses()).toEqual([429, 200, 200]);
  for (const socket of holding) socket.destroy();
});
