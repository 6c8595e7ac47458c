/**
 * Compares our event-stream codec with the one in the AWS SDK for JavaScript, on the frame of one Bedrock token.
 *
 *     npm run build && node bench/event-stream.mjs
 *
 * Both run in one process, in turns, so that a disturbance affects both. A ratio above 1 means that ours is faster.
 */
import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import { encodeMessage, MessageDecoder } from "../dist/event-stream.js";

const ROUNDS = 15;
const FRAMES_PER_ROUND = 50_000;

const chunk = {
  generation: " Hello",
  prompt_token_count: null,
  generation_token_count: 3,
  stop_reason: null,
};
const payload = { bytes: btoa(JSON.stringify(chunk)), p: "abcdefghijklmnopqrstuvwxyzABCDEF" };
const body = new TextEncoder().encode(JSON.stringify(payload));
const names = [
  [":event-type", "chunk"],
  [":content-type", "application/json"],
  [":message-type", "event"],
];
const ourMessage = {
  headers: new Map(names.map(([name, value]) => [name, { type: "string", value }])),
  body,
};
const sdkMessage = {
  headers: Object.fromEntries(names.map(([name, value]) => [name, { type: "string", value }])),
  body,
};
const frame = encodeMessage(ourMessage);

const sdk = new EventStreamCodec(toUtf8, fromUtf8);
const ours = new MessageDecoder();

const contests = {
  encode: { ours: () => encodeMessage(ourMessage), sdk: () => sdk.encode(sdkMessage) },
  decode: { ours: () => ours.push(frame), sdk: () => sdk.decode(frame) },
};

/** The time of one call, in ns. */
function time(work) {
  const start = performance.now();
  for (let index = 0; index < FRAMES_PER_ROUND; index++) work();
  return ((performance.now() - start) / FRAMES_PER_ROUND) * 1e6;
}

function summary(values, digits) {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, median, high] = [0, (sorted.length - 1) / 2, sorted.length - 1].map((at) =>
    sorted[at].toFixed(digits),
  );
  return `${median} (${low} … ${high})`;
}

console.log(
  `${frame.length}-byte frame, ${ROUNDS} rounds of ${FRAMES_PER_ROUND}; median (lowest … highest)\n`,
);
for (const [name, { ours, sdk }] of Object.entries(contests)) {
  const rounds = [];
  for (let round = -2; round < ROUNDS; round++) {
    const result = { ours: time(ours), sdk: time(sdk) };
    if (round >= 0) rounds.push(result); // the first two warm up the compiler
  }
  console.log(
    `${name}  ours ${summary(
      rounds.map((round) => round.ours),
      0,
    )} ns`,
  );
  console.log(
    `${name}  sdk  ${summary(
      rounds.map((round) => round.sdk),
      0,
    )} ns`,
  );
  console.log(
    `${name}  sdk/ours ${summary(
      rounds.map((round) => round.sdk / round.ours),
      2,
    )}\n`,
  );
}
