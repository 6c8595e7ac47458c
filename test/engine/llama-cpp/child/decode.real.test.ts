import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { beforeEach, expect, test } from "vitest";

import { needsEngine, tinyFiles } from "../../../support/engine.js";
import { temporaryFile } from "../../../support/temporary-file.js";

const ENGINE = new URL("../../../../build/engine/llama-cpp/child/", import.meta.url).href;

/** Tokens of half a sequence's KV cache: llama.cpp rounds up to this. */
const CONTEXT = 256;

beforeEach(needsEngine);

/**
 * Runs a script with two sequences of a tiny model, `greedy` and `nucleus`, and `decode()`. In a process of its own, as the engine's: a native
 * assertion would end it.
 *
 * @returns what the script's `tell()` was given
 */
async function run(body: string, halfSequences: number): Promise<unknown[]> {
  const { runtime, modelFile } = await tinyFiles("llama-2");
  const options = {
    ...{ runtimeEntry: runtime.entry, addonFile: runtime.addon, modelFile, gpu: false },
    ...{ sequences: 2, halfSequences, contextSize: 2 * CONTEXT, kvCacheType: "f16", threads: 1 },
  };
  await using script = await temporaryFile(
    "decode.mjs",
    `import { decode } from "${ENGINE}decode.js";
     import { load } from "${ENGINE}load.js";
     import { Sequence } from "${ENGINE}sequence.js";
     import { tokenSampler } from "${ENGINE}token-sampler.js";
     const ignore = () => undefined;
     const { addon, model, context, capacities } = await load(${JSON.stringify(options)}, { onLog: ignore, onProgress: ignore });
     const make = (number, temperature) => {
       const sequence = new Sequence(number, context, new addon.AddonSampler(model), capacities[number]);
       const sampler = tokenSampler(sequence.sampler, { temperature, topP: 0.9, seed: 1 });
       return { sequence, part: (tokens) => ({ sequence, tokens, sampler }) };
     };
     const greedy = make(0, 0);
     const nucleus = make(1, 0.5);
     /** What both sequences answer to a prompt, the same each time. */
     const answer = async () => {
       const both = [make(0, 0.9), make(1, 0.5)];
       const tokens = [[1, 300, 400], [1, 500]];
       for (let n = 0; n < 20; n += 1) {
         const next = tokens.map((all) => (n === 0 ? all.splice(0) : all.slice(-1)));
         const drawn = await decode(context, both.map(({ part }, i) => part(next[i])));
         for (const [i, token] of drawn.entries()) tokens[i].push(token);
       }
       for (const { sequence } of both) sequence.clear();
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
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1", GGML_NO_BACKTRACE: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, [script.path], { env });
  return JSON.parse(stdout) as unknown[];
}

test.each([
  ["one context", 0],
  ["two contexts", 1],
])(
  "a batch for which the KV cache has no room fails, and nothing else does: %s",
  async (_, halfSequences) => {
    const body = `
    tell(await answer());
    const full = async () => {
      const filler = Array(${CONTEXT / 4}).fill(300);
      for (let part = 0; part < 8; part += 1) await decode(context, [greedy.part(filler)]);
      return failure([greedy.part([300]), nucleus.part([1, 300])]);
    };
    tell(await full());
    tell(await full());
    tell(await answer());`;
    const [before, noRoom, again, after] = await run(body, halfSequences);
    expect(noRoom).toMatch(/could not find a KV slot/u);
    expect(again).toBe(noRoom);
    expect(after).toEqual(before);
  },
);

test("a batch fails that is the process's first, before there are any logits", async () => {
  const [invalid, answer] = await run(
    `
    tell(await failure([greedy.part([1, 1_000_000]), nucleus.part([1])]));
    tell(await answer());`,
    0,
  );
  expect(invalid).toMatch(/Eval has failed/u);
  expect(answer).toEqual([expect.any(Array), expect.any(Array)]);
});
