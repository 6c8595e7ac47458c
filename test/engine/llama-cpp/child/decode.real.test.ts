import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { beforeEach, expect, test } from "vitest";

import { needsEngine, tinyFiles } from "../../../support/engine.js";
import { temporaryFile } from "../../../support/temporary-file.js";

const ENGINE = new URL("../../../../build/engine/llama-cpp/child/", import.meta.url).href;

/** Of a sequence's KV cache: llama.cpp rounds up to this. */
const CONTEXT = 256;

beforeEach(needsEngine);

/**
 * Runs a script with two sequences of a tiny model, `greedy` and `nucleus`, and `decode()`. In a process of its own: sampling is queued behind the
 * batch, so there must be one pool thread, as in the engine's.
 *
 * @param poolThreads - with more than one, sampling waits for the batch
 * @returns what the script's `tell()` was given
 */
async function run(body: string, poolThreads = "1"): Promise<unknown[]> {
  const { runtime, modelFile } = await tinyFiles("llama-2");
  const options = {
    ...{ runtimeEntry: runtime.entry, addonFile: runtime.addon, modelFile, gpu: false },
    ...{ sequences: 2, contextSize: CONTEXT, threads: 1 },
  };
  await using script = await temporaryFile(
    "decode.mjs",
    `import { decode } from "${ENGINE}decode.js";
     import { load } from "${ENGINE}load.js";
     import { Sequence } from "${ENGINE}sequence.js";
     import { tokenSampler } from "${ENGINE}token-sampler.js";
     const ignore = () => undefined;
     const { addon, model, context } = await load(${JSON.stringify(options)}, { onLog: ignore, onProgress: ignore });
     const make = (number, temperature) => {
       const sequence = new Sequence(number, context, new addon.AddonSampler(model));
       const sampler = tokenSampler(sequence.sampler, { temperature, topP: 0.9, seed: 1 });
       return { sequence, part: (tokens) => ({ sequence, tokens, sampler }) };
     };
     const greedy = make(0, 0);
     const nucleus = make(1, 0.5);
     /** The answer to a prompt, the same each time. */
     const answer = async () => {
       const { sequence, part } = make(0, 0.9);
       const tokens = [];
       for (let next = [1, 300, 400]; tokens.length < 20; next = tokens.slice(-1))
         tokens.push(...(await decode(context, [part(next)])));
       sequence.clear();
       return tokens;
     };
     /** The error of a batch, after which both sequences are cleared as the scheduler does. */
     const failure = async (parts) => {
       const error = await decode(context, parts).then(() => undefined, ({ message }) => message);
       greedy.sequence.clear();
       nucleus.sequence.clear();
       return error;
     };
     const told = [];
     const tell = (what) => told.push(what);
     ${body}
     process.stdout.write(JSON.stringify(told));`,
  );
  const env = { ...process.env, UV_THREADPOOL_SIZE: poolThreads, GGML_NO_BACKTRACE: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, [script.path], { env });
  return JSON.parse(stdout) as unknown[];
}

test("sampling that is queued behind its batch gives the same tokens as sampling after it", async () => {
  const [queued] = await run("tell(await answer());");
  const [after] = await run("tell(await answer());", "4");
  expect(queued).toEqual(after);
});

test("a batch for which the KV cache has no room fails, and nothing else does", async () => {
  const [before, noRoom, again, after] = await run(`
    tell(await answer());
    const full = async () => {
      const filler = Array(${CONTEXT / 4}).fill(300);
      for (let part = 0; part < 4; part += 1) await decode(context, [greedy.part(filler)]);
      return failure([greedy.part([300]), nucleus.part([1, 300])]);
    };
    tell(await full());
    tell(await full());
    tell(await answer());`);
  expect(noRoom).toMatch(/could not find a KV slot/u);
  expect(again).toBe(noRoom);
  expect(after).toEqual(before);
  expect(new Set(before as number[]).size).toBeGreaterThan(1);
});

test("a batch fails that is the process's first, before there are any logits", async () => {
  const [invalid, answer] = await run(`
    tell(await failure([greedy.part([1, 1_000_000]), nucleus.part([1])]));
    tell(await answer());`);
  expect(invalid).toMatch(/Eval has failed/u);
  expect(answer).toHaveLength(20);
});
