import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

import type { GenerateParams } from "../protocol.js";
import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";
import { drawCandidate, isInNucleus, type NucleusParams } from "./nucleus.js";

/** Samples the tokens of one generation. */
export interface TokenSampler {
  /**
   * @param logit - the index of the logits in the batch
   * @returns -1 if there is nothing to choose from
   */
  sample(context: AddonContext, logit: number): Promise<TokenId>;
}

/**
 * A top-p that leaves almost everything, for what the usual candidates can't tell. What lies outside changes a probability by less than
 * a test of a million draws can see.
 */
const WIDE_P = 0.9999;

/** How often to draw again before the most probable token is taken: a draw is refused only near the edge of the nucleus. */
const MAX_DRAWS = 100;

/**
 * Makes the sampler of a generation from one that an earlier generation used. Bedrock has neither top-k nor min-p.
 *
 * The addon's own chain (top-p, then temperature, then a draw) is what Meta's code does wherever the order of the two makes no
 * difference: without top-p, at temperature 1, and for greedy sampling.
 */
export function tokenSampler(
  addonSampler: AddonSampler,
  { temperature, topP, seed }: Pick<GenerateParams, "temperature" | "topP" | "seed">,
): TokenSampler {
  const cuts = topP > 0 && topP < 1;
  if (cuts && temperature > 0 && temperature < 1) {
    return new NucleusSampler(addonSampler, { temperature, topP }, seed);
  }
  const config = { temperature, minP: 0, ...(cuts && { topP }) };
  // the random numbers only start over when the seed changes
  addonSampler.applyConfig({ ...config, seed: seed === 0 ? 1 : seed - 1 });
  addonSampler.applyConfig({ ...config, seed });
  return { sample: (context, logit) => context.sampleToken(logit, addonSampler) };
}

/** Temperature first, then top-p: see {@link drawCandidate}. */
class NucleusSampler implements TokenSampler {
  readonly #addonSampler: AddonSampler;
  readonly #params: NucleusParams;
  readonly #random: () => number;
  #candidatesP: number;

  constructor(addonSampler: AddonSampler, params: NucleusParams, seed: number) {
    this.#addonSampler = addonSampler;
    this.#params = params;
    const generator = xoroshiro128plus(seed);
    this.#random = () => uniformFloat64(generator);
    this.#candidatesP = params.topP;
    this.#configure(params.topP);
  }

  async sample(context: AddonContext, logit: number): Promise<TokenId> {
    const { topP } = this.#params;
    const candidates = await this.#candidates(context, logit, topP);
    if (candidates.length === 0) return -1;
    const drawn = drawCandidate(candidates, this.#params, topP, this.#random());
    if (drawn.inside) return drawn.token;
    const wideP = Math.max(WIDE_P, topP);
    const wide = await this.#candidates(context, logit, wideP);
    let { token } = drawn;
    for (let draws = 1; !isInNucleus(wide, this.#params, wideP, token); draws += 1) {
      if (draws === MAX_DRAWS) return wide[0] ?? -1;
      ({ token } = drawCandidate(wide, this.#params, wideP, this.#random()));
    }
    return token;
  }

  async #candidates(context: AddonContext, logit: number, candidatesP: number): Promise<ArrayLike<number>> {
    if (candidatesP !== this.#candidatesP) this.#configure(candidatesP);
    const [, candidates = []] = await context.sampleToken(logit, this.#addonSampler, true);
    return candidates;
  }

  #configure(topP: number): void {
    this.#candidatesP = topP;
    // the addon draws a token too, which nobody takes: its seed doesn't matter
    this.#addonSampler.applyConfig({ temperature: 1, minP: 0, topP, seed: 0 });
  }
}
