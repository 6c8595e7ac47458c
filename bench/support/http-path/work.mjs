/** What both servers send: the frames of an answer, and when. */
import { setTimeout as sleep } from "node:timers/promises";

import { encodeChunkFrame } from "../../../build/bedrock/index.js";

/** Makes every frame's padding as long as a frame of 250 bytes wants it. */
export const random = () => 0.3;

export const MODEL = "meta.llama3-8b-instruct-v1:0";

/** A frame of a text, as Cria encodes it. */
export function encode(generation, count, last) {
  const metrics = {
    inputTokenCount: 1,
    outputTokenCount: count,
    invocationLatency: 100,
    firstByteLatency: 10,
  };
  return encodeChunkFrame(
    {
      generation,
      promptTokenCount: count === 1 ? 1 : null,
      generationTokenCount: count,
      stopReason: last ? "length" : null,
      ...(last && { metrics }),
    },
    random,
  );
}

/**
 * What is asked for, as the prompt says it: `turns FRAMES` one every turn of the event loop, as an engine's process sends them; `burst
 * FRAMES` all at once, as fast as they're asked for; `paced FRAMES MS` one every so many milliseconds, that tells its time; `idle` one
 * and then nothing.
 */
export function parse(prompt) {
  const [kind, frames = 1, ms = 0] = prompt.split(" ");
  return { kind, frames: Number(frames), ms: Number(ms) };
}

let turn;

/** The next turn of the event loop, the same for all: a tick of an engine has a token for each of its sequences. */
function nextTurn() {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

/** Resolves when it's a frame's turn. @param number - of the frame, from 1 on */
export async function turnOf({ kind, frames, ms }, number, signal) {
  if (kind === "turns") await nextTurn();
  // a signal costs more than the timer, and Node's server has none
  else if (number > frames) await sleep(2 ** 30, undefined, { signal });
  // the first at any time, so that streams which begin together don't go in step
  else if (kind === "paced") await sleep(number === 1 ? Math.random() * ms : ms);
}

/** The text of a frame: what is paced tells when it was decoded, in nanoseconds of the clock that all processes share. */
export function textOf({ kind }) {
  return kind === "paced" ? String(process.hrtime.bigint()).padStart(18, "0") : " Hello";
}
