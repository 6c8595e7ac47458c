import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { drawCandidate, isInNucleus } from "../../../../src/engine/llama-cpp/child/nucleus.js";

/** A distribution at temperature 1, the most probable token first. The token's number is its index. */
type Distribution = readonly number[];

/** What a top-p sampler leaves: the shortest beginning with at least `topP`, scaled up to 1. */
function candidatesOf(distribution: Distribution, topP: number): number[] {
  const kept: number[] = [];
  let sum = 0;
  for (const probability of distribution) {
    if (sum >= topP) break;
    kept.push(probability);
    sum += probability;
  }
  return kept.flatMap((probability, token) => [token, probability / sum]);
}

/** The nucleus as Meta's code computes it from the whole distribution. */
function nucleusOf(distribution: Distribution, temperature: number, topP: number): Set<number> {
  const weights = distribution.map((probability) => probability ** (1 / temperature));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let before = 0;
  const kept = new Set<number>();
  for (const [token, weight] of weights.entries()) {
    if (before > topP) break;
    kept.add(token);
    before += weight / sum;
  }
  return kept;
}

const distributions = fc
  .array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((weights) => {
    const sum = weights.reduce((all, weight) => all + weight, 0);
    return weights.map((weight) => weight / sum).toSorted((a, b) => b - a);
  });
const params = fc.record({
  temperature: fc.double({ min: 0.01, max: 1, noNaN: true }),
  topP: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the nucleus", () => {
  test("a token that is certainly inside is inside Meta's", () => {
    fc.assert(
      fc.property(distributions, params, random, (distribution, { temperature, topP }, number) => {
        const candidates = candidatesOf(distribution, topP);
        const { token, inside } = drawCandidate(candidates, { temperature, topP }, topP, number);
        if (inside) expect(nucleusOf(distribution, temperature, topP * (1 + 1e-9))).toContain(token);
      }),
    );
  });

  test("every token of Meta's can be drawn", () => {
    fc.assert(
      fc.property(distributions, params, (distribution, { temperature, topP }) => {
        const candidates = candidatesOf(distribution, topP);
        const tokens = candidates.filter((_, i) => i % 2 === 0);
        for (const token of nucleusOf(distribution, temperature, topP * (1 - 1e-9)))
          expect(tokens).toContain(token);
      }),
    );
  });

  test("with all tokens as candidates, membership is Meta's", () => {
    fc.assert(
      fc.property(distributions, params, (distribution, { temperature, topP }) => {
        const candidates = candidatesOf(distribution, 2);
        const tooClose = [1 - 1e-9, 1 + 1e-9].map(
          (factor) => nucleusOf(distribution, temperature, topP * factor).size,
        );
        fc.pre(tooClose[0] === tooClose[1]);
        const nucleus = nucleusOf(distribution, temperature, topP);
        const inside = distribution.map((_, token) =>
          isInNucleus(candidates, { temperature, topP }, 1, token),
        );
        expect(inside).toEqual(distribution.map((_, token) => nucleus.has(token)));
      }),
    );
  });
});
