/** The frames of an answer and their timing, the same for all servers. */
import { setTimeout as sleep } from "node:timers/promises";

import { encodeChunkFrame } from "../../../build/bedrock/index.js";

/** Pads every frame to about 250 bytes. */
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
 * The task, as the prompt states it: `turns FRAMES`, one frame in each turn of the event loop, as an engine's process sends them; `burst
 * FRAMES`, all as fast as they are read; `paced FRAMES MS`, one every MS milliseconds, with its time as the text; `idle`, one
 * frame and then nothing.
 */
export function parse(prompt) {
  const [kind, frames = 1, ms = 0] = prompt.split(" ");
  return { kind, frames: Number(frames), ms: Number(ms) };
}

let turn;

/** The next turn of the event loop, shared by all streams: an engine's tick has a token for each of its sequences. */
function nextTurn() {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

/** Resolves when a frame is due. @param number - the frame's number, from 1 */
export async function turnOf({ kind, frames, ms }, number, signal) {
  if (kind === "turns") await nextTurn();
  // without a signal, which costs more than the timer and which the Node server doesn't have
  else if (number > frames) await sleep(2 ** 30, undefined, { signal });
  // the first at a random time, so that streams which begin together don't run in step
  else if (kind === "paced") await sleep(number === 1 ? Math.random() * ms : ms);
}

/** The text of a frame; if paced, its time in ns on the clock that all processes share. */
export function textOf({ kind }) {
  return kind === "paced" ? String(process.hrtime.bigint()).padStart(18, "0") : " Hello";
}
