import { beforeEach, describe, expect, test } from "vitest";

import { ensureLlamaCppRuntime } from "../../../../src/engine/index.js";
import { load, type Loaded } from "../../../../src/engine/llama-cpp/child/load.js";
import { tokenSampler } from "../../../../src/engine/llama-cpp/child/token-sampler.js";
import { smallModel, ensureModelFile } from "../../../../src/models/index.js";
import { defaultModelEnv } from "../../../support/default-model.js";
import { testHome } from "../../../support/home.js";

const ignore = () => undefined;

/** Draws of one distribution. */
const DRAWS = 3000;

/** Tokens that are expected less often than this are counted together: chi-square is not exact for rare ones. */
const MIN_EXPECTED = 10;

/** Of a normal distribution: chance exceeds it once in 3 million. */
const MAX_Z = 5;

/** After it, many tokens are about as probable. */
const PROMPT = "She said that the";

/** A busy machine takes a minute for what takes seconds else. */
const DRAWING_MS = 300_000;

describe("sampled tokens are distributed as Meta's code draws them", () => {
  let loading: Promise<Loaded> | undefined;
  const llama = () =>
    (loading ??= (async () => {
      const runtime = await ensureLlamaCppRuntime({ home: testHome() });
      const modelFile = await ensureModelFile(smallModel, { home: testHome() });
      const { entry: runtimeEntry, addon: addonFile } = runtime;
      const layout = { sequences: 1, halfSequences: 0, kvCacheType: "f16", contextSize: 512 } as const;
      const shape = { gpu: false, ...layout, threads: 1, yieldThreads: false } as const;
      return load({ runtimeEntry, addonFile, modelFile, ...shape }, { onLog: ignore, onProgress: ignore });
    })());

  beforeEach(async (context) => {
    await defaultModelEnv(context);
  });

  /** Evaluates the prompt. @returns the index of its logits */
  async function evaluate({ context, vocabulary }: Loaded): Promise<number> {
    const tokens = vocabulary.tokenize(PROMPT);
    context.removeTokenCellsFromSequence(0, 0, -1);
    context.initBatch(tokens.length);
    const last = Uint32Array.of(tokens.length - 1);
    const [logit = 0] = Array.from(context.addToBatch(0, 0, Uint32Array.from(tokens), last));
    await context.decodeBatch();
    return logit;
  }

  test.each(
    [0.2, 0.5, 1].flatMap((temperature) => [0.5, 0.9, 1].map((topP) => [temperature, topP] as const)),
  )("temperature %d, top-p %d", { timeout: DRAWING_MS }, async (temperature, topP) => {
    const parts = await llama();
    const { addon, model, context } = parts;
    const logit = await evaluate(parts);
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
    expect([...counts.keys()].filter((token) => !expected.has(token))).toEqual([]);
    expect(zOf(expected, counts)).toBeLessThan(MAX_Z);
  });

  test("a seed gives the same tokens, another seed others; greedy takes the most probable", async () => {
    const parts = await llama();
    const { addon, model, context } = parts;
    const logit = await evaluate(parts);
    const draws = async (temperature: number, seed: number) => {
      const sampler = tokenSampler(new addon.AddonSampler(model), { temperature, topP: 0.9, seed });
      const tokens: number[] = [];
      for (let n = 0; n < 50; n += 1) tokens.push(await sampler.sample(context, logit));
      return tokens;
    };
    const first = await draws(0.5, 1);
    expect(await draws(0.5, 1)).toEqual(first);
    expect(await draws(0.5, 2)).not.toEqual(first);
    const greedy = await draws(0, 1);
    expect(new Set(greedy).size).toBe(1);
    expect(await draws(0, 2)).toEqual(greedy);
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
