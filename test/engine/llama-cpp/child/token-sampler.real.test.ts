import { beforeEach, describe, expect, test } from "vitest";

import { ensureLlamaCppRuntime } from "../../../../src/engine/index.js";
import { load, type Loaded } from "../../../../src/engine/llama-cpp/child/load.js";
import { tokenSampler } from "../../../../src/engine/llama-cpp/child/token-sampler.js";
import { defaultModel, ensureModelFile } from "../../../../src/models/index.js";
import { defaultModelEnv } from "../../../support/default-model.js";
import { testHome } from "../../../support/home.js";

/** Draws of one distribution. */
const DRAWS = 3000;

/** Tokens that are expected less often than this are counted together: chi-square is not exact for rare ones. */
const MIN_EXPECTED = 10;

/** Of a normal distribution: chance exceeds it once in 3 million. */
const MAX_Z = 5;

const PROMPTS = [
  "<|im_start|>user\nTell me a story.<|im_end|>\n<|im_start|>assistant\nOnce upon a time, there was a",
];

describe("sampled tokens are distributed as Meta's code draws them", () => {
  let loading: Promise<Loaded> | undefined;
  const llama = () =>
    (loading ??= (async () => {
      const runtime = await ensureLlamaCppRuntime({ home: testHome() });
      const modelFile = await ensureModelFile(defaultModel, { home: testHome() });
      const { entry: runtimeEntry, addon: addonFile } = runtime;
      const shape = { gpu: false, sequences: 1, contextSize: 512, threads: 1 } as const;
      return load(
        { runtimeEntry, addonFile, modelFile, ...shape },
        { onLog: () => {}, onProgress: () => {} },
      );
    })());

  beforeEach(async (context) => {
    await defaultModelEnv(context);
  });

  test.each(
    [0.2, 0.5, 1].flatMap((temperature) => [0.5, 0.9, 1].map((topP) => [temperature, topP] as const)),
  )("temperature %d, top-p %d", async (temperature, topP) => {
    const { addon, model, context, vocabulary } = await llama();
    for (const prompt of PROMPTS) {
      const tokens = vocabulary.tokenize(prompt);
      context.removeTokenCellsFromSequence(0, 0, -1);
      context.initBatch(tokens.length);
      const [logit = 0] = Array.from(
        context.addToBatch(0, 0, Uint32Array.from(tokens), Uint32Array.of(tokens.length - 1)),
      );
      await context.decodeBatch();

      const whole = new addon.AddonSampler(model);
      whole.applyConfig({ temperature: 1, minP: 0, seed: 0 });
      const [, all = []] = await context.sampleToken(logit, whole, true);
      const expected = metas(all, temperature, topP);

      const sampler = tokenSampler(new addon.AddonSampler(model), { temperature, topP, seed: 1 });
      const counts = new Map<number, number>();
      for (let n = 0; n < DRAWS; n += 1) {
        const token = await sampler.sample(context, logit);
        counts.set(token, (counts.get(token) ?? 0) + 1);
      }
      for (const token of counts.keys()) expect(expected.has(token)).toBe(true);
      expect(zOf(expected, counts)).toBeLessThan(MAX_Z);
    }
  });
});

/** The probabilities of Meta's `sample_top_p`, from all tokens' probabilities at temperature 1. */
function metas(all: readonly number[], temperature: number, topP: number): Map<number, number> {
  const weights: [number, number][] = [];
  for (let i = 0; i < all.length; i += 2) weights.push([all[i] ?? 0, (all[i + 1] ?? 0) ** (1 / temperature)]);
  weights.sort(([, a], [, b]) => b - a);
  const sum = weights.reduce((total, [, weight]) => total + weight, 0);
  let before = 0;
  const kept = weights.filter(([, weight]) => {
    const inside = topP === 1 || before <= topP * sum;
    before += weight;
    return inside;
  });
  const keptSum = kept.reduce((total, [, weight]) => total + weight, 0);
  return new Map(kept.map(([token, weight]) => [token, weight / keptSum]));
}

/** Pearson's chi-square, as a normal deviate (Wilson and Hilferty). */
function zOf(expected: ReadonlyMap<number, number>, counts: ReadonlyMap<number, number>): number {
  let chi2 = 0;
  let cells = 0;
  let [restExpected, restCount] = [0, 0];
  const add = (mean: number, count: number) => {
    chi2 += (count - mean) ** 2 / mean;
    cells += 1;
  };
  for (const [token, probability] of expected) {
    const mean = probability * DRAWS;
    const count = counts.get(token) ?? 0;
    if (mean >= MIN_EXPECTED) add(mean, count);
    else [restExpected, restCount] = [restExpected + mean, restCount + count];
  }
  if (restExpected >= MIN_EXPECTED) add(restExpected, restCount);
  const freedom = cells - 1;
  if (freedom <= 0) return 0;
  const k = 2 / (9 * freedom);
  return (Math.cbrt(chi2 / freedom) - (1 - k)) / Math.sqrt(k);
}
