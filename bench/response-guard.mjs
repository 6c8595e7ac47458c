/**
 * Measures what the client's guard adds to each token: it decodes the frames once more, to find damage before the SDK does.
 *
 *     npm run build && node bench/response-guard.mjs
 *
 * The same bodies are read with the guard and without, in one process and in turns, so that a disturbance affects both.
 */
import { Readable } from "node:stream";

import { encodeMessage } from "../dist/event-stream.js";
import { modules } from "./support/home.mjs";
import { spread } from "./support/statistics.mjs";

const { ResponseGuard } = await import(`${modules}/client/response-guard.js`);

const ROUNDS = 15;
const FRAMES = 20_000;

const chunk = {
  generation: " Hello",
  prompt_token_count: null,
  generation_token_count: 3,
  stop_reason: null,
};
const frame = encodeMessage({
  headers: new Map([
    [":event-type", { type: "string", value: "chunk" }],
    [":content-type", { type: "string", value: "application/json" }],
    [":message-type", { type: "string", value: "event" }],
  ]),
  body: Buffer.from(
    JSON.stringify({ bytes: btoa(JSON.stringify(chunk)), p: "abcdefghijklmnopqrstuvwxyzABCDEF" }),
  ),
});

/** A guard's middleware, around a response with this body. */
function guarded(body) {
  let around;
  const command = { middlewareStack: { add: (middleware) => (around = middleware) } };
  new ResponseGuard(command, { streams: true });
  const headers = { "content-type": "application/vnd.amazon.eventstream" };
  return around(async () => ({ response: { statusCode: 200, headers, body } }))({});
}

/** The time to read a body, in µs a frame. @param together - frames that come in one piece */
async function time(together, isGuarded) {
  const pieces = Array(FRAMES / together).fill(Buffer.concat(Array(together).fill(frame)));
  // a socket's pieces come one by one
  const body = Readable.from(pieces, { objectMode: true, highWaterMark: 1 });
  const start = process.cpuUsage();
  const read = isGuarded ? (await guarded(body)).response.body : body;
  let length = 0;
  for await (const piece of read) length += piece.length;
  const { user, system } = process.cpuUsage(start);
  if (length !== FRAMES * frame.length) throw new Error("The guard lost bytes.");
  return (user + system) / FRAMES;
}

process.stdout.write(
  `frames of ${frame.length} bytes, ${FRAMES} a round; µs of processor time a frame; median (lowest … highest)\n`,
);
for (const together of [1, 4, 50]) {
  const [without, within] = [[], []];
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const isGuarded of round % 2 === 0 ? [true, false] : [false, true]) {
      const used = await time(together, isGuarded);
      if (round >= 0) (isGuarded ? within : without).push(used);
    }
  }
  const added = within.map((used, i) => used - without[i]);
  process.stdout.write(`${together} in a piece: the guard adds ${spread(added, 2)}\n`);
}
