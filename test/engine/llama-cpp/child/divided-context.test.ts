import { expect, test } from "vitest";

import type { AddonContext, AddonSampler } from "../../../../src/engine/llama-cpp/child/bindings.js";
import { DividedContext } from "../../../../src/engine/llama-cpp/child/divided-context.js";

/** A context that records what it is told. Its logits' indexes are those in its own batch, as the addon's. */
function recorder(name: string, calls: string[], starts = true) {
  let added = 0;
  const context: AddonContext = {
    init: () => Promise.resolve(starts),
    initBatch(tokens) {
      added = 0;
      calls.push(`${name} init ${tokens}`);
    },
    addToBatch(sequence, position, tokens, logitIndexes) {
      calls.push(`${name} add ${sequence} at ${position}: ${tokens.join(" ")}`);
      const from = added;
      added += tokens.length;
      return Array.from(logitIndexes, (index) => from + index);
    },
    decodeBatch() {
      calls.push(`${name} decode`);
      return Promise.resolve();
    },
    sampleToken: ((logit: number) => {
      calls.push(`${name} sample ${logit}`);
      return Promise.resolve(logit);
    }) as unknown as AddonContext["sampleToken"],
    removeTokenCellsFromSequence(sequence, start, end) {
      calls.push(`${name} remove ${sequence} ${start} ${end}`);
      return true;
    },
    getSequenceKvCacheMinPosition: (sequence) => sequence,
    setThreads: (threads) => void calls.push(`${name} threads ${threads}`),
  };
  return context;
}

const tokens = (...ids: number[]) => Uint32Array.from(ids);
const NO_SAMPLER = {} as AddonSampler;

function divided() {
  const calls: string[] = [];
  const context = new DividedContext([
    { context: recorder("whole", calls), sequences: 1 },
    { context: recorder("half", calls), sequences: 3 },
  ]);
  return { calls, context };
}

test("each part decodes the tokens of its own sequences, and samples its own logits", async () => {
  const { calls, context } = divided();
  context.initBatch();
  const first = context.addToBatch(0, 7, tokens(1, 2), tokens(1));
  const second = context.addToBatch(1, 0, tokens(3), tokens());
  const third = context.addToBatch(3, 5, tokens(4, 5, 6), tokens(0, 2));
  await context.decodeBatch();
  expect(second).toHaveLength(0);
  for (const logit of [...Array.from(third), ...Array.from(first)])
    await context.sampleToken(logit, NO_SAMPLER);
  expect(calls).toEqual([
    ...["whole init 2", "whole add 0 at 7: 1 2", "whole decode"],
    ...["half init 4", "half add 0 at 0: 3", "half add 2 at 5: 4 5 6", "half decode"],
    ...["half sample 1", "half sample 3", "whole sample 1"],
  ]);
});

test("a part without tokens isn't decoded, and the batch before is forgotten", async () => {
  const { calls, context } = divided();
  context.initBatch();
  context.addToBatch(0, 0, tokens(1), tokens(0));
  await context.decodeBatch();
  calls.length = 0;
  context.initBatch();
  const [logit = NaN] = Array.from(context.addToBatch(2, 0, tokens(9), tokens(0)));
  await context.decodeBatch();
  expect(calls).toEqual(["half init 1", "half add 1 at 0: 9", "half decode"]);
  expect(await context.sampleToken(logit, NO_SAMPLER)).toBe(0);
  expect(await context.sampleToken(logit + 1, NO_SAMPLER)).toBe(-1);
});

test("cells are those of the part's own sequence", () => {
  const { calls, context } = divided();
  context.removeTokenCellsFromSequence(2, 5, -1);
  expect(calls).toEqual(["half remove 1 5 -1"]);
  expect([0, 1, 2, 3].map((each) => context.getSequenceKvCacheMinPosition(each))).toEqual([0, 0, 1, 2]);
  expect(() => context.getSequenceKvCacheMinPosition(-1)).toThrow(RangeError);
});

test("it can be had only if all its parts can", async () => {
  const part = (starts: boolean) => ({ context: recorder("part", [], starts), sequences: 1 });
  expect(await new DividedContext([part(true), part(true)]).init()).toBe(true);
  expect(await new DividedContext([part(true), part(false)]).init()).toBe(false);
});

test("all contexts compute with the same number of threads", () => {
  const { context, calls } = divided();
  context.setThreads(3);
  expect(calls).toEqual(["whole threads 3", "half threads 3"]);
});
