import type { TokenId } from "./bindings.js";

/**
 * What the addon's top-p sampler leaves of the distribution at temperature 1: token, probability, token, probability, …, the most probable
 * first. The probabilities sum up to 1 over these tokens.
 */
export type Candidates = ArrayLike<number>;

/** How to sample: a temperature above 0, at most 1, and a top-p above 0, below 1. */
export interface NucleusParams {
  readonly temperature: number;
  readonly topP: number;
}

/** A token that was drawn from the candidates. */
export interface Draw {
  readonly token: TokenId;
  /** Whether the token belongs to the nucleus; undefined if the candidates don't tell. */
  readonly inside: boolean | undefined;
}

/**
 * Draws from the nucleus that Meta's own code, transformers and vLLM sample from: they divide the logits by the temperature first and
 * then cut. (llama.cpp's usual chain cuts first, and its nucleus is larger.) A token belongs to the nucleus if the tokens before it
 * have a probability of at most `topP` together (`sample_top_p` in Meta's `llama/generation.py`).
 *
 * For a temperature of at most 1, that nucleus lies within the one at temperature 1. So the candidates suffice but for one number: the
 * weight that the tokens which were cut off have at the new temperature. None of them is heavier than the lightest candidate, and
 * together they had at most `1 - candidatesP`, which bounds it. The draw is from all tokens that may belong to the nucleus. One that
 * certainly does is a draw from the nucleus, whatever the bounds are. For any other the caller decides, by candidates of a larger
 * `candidatesP`, and draws again if it doesn't belong.
 *
 * @param candidatesP - the top-p of the candidates, at least `topP`
 * @param random - uniform in [0, 1)
 */
export function drawCandidate(
  candidates: Candidates,
  { temperature, topP }: NucleusParams,
  candidatesP: number,
  random: number,
): Draw {
  const size = candidates.length / 2;
  const { weights, sum, tail } = weigh(candidates, temperature, candidatesP);
  const [inside, maybe] = [topP * sum, topP * (sum + tail)];
  let kept = 0;
  let end = 0;
  while (end < size && kept <= maybe) {
    kept += weights[end] ?? 0;
    end += 1;
  }
  let before = 0;
  let at = 0;
  while (at < end - 1 && before + (weights[at] ?? 0) <= random * kept) {
    before += weights[at] ?? 0;
    at += 1;
  }
  return { token: candidates[2 * at] ?? -1, inside: before <= inside ? true : undefined };
}

/** Whether a token belongs to the nucleus; what the candidates can't tell is decided in the middle. */
export function isInNucleus(
  candidates: Candidates,
  { temperature, topP }: NucleusParams,
  candidatesP: number,
  token: TokenId,
): boolean {
  const { weights, sum, tail } = weigh(candidates, temperature, candidatesP);
  const limit = topP * (sum + tail / 2);
  let before = 0;
  for (const [i, weight] of weights.entries()) {
    if (before > limit) return false;
    if (candidates[2 * i] === token) return true;
    before += weight;
  }
  return false;
}

/** The candidates' weights at a temperature, their sum, and the most that all other tokens can weigh. The first candidate weighs 1. */
function weigh(
  candidates: Candidates,
  temperature: number,
  candidatesP: number,
): { readonly weights: Float64Array; readonly sum: number; readonly tail: number } {
  const size = candidates.length / 2;
  const most = candidates[1] ?? 1;
  const power = 1 / temperature;
  const weights = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i += 1) {
    const weight = ((candidates[2 * i + 1] ?? 0) / most) ** power;
    weights[i] = weight;
    sum += weight;
  }
  const lightest = (candidates[2 * size - 1] ?? 0) / most;
  const tail = (lightest ** (power - 1) * ((1 - candidatesP) / candidatesP)) / most;
  return { weights, sum, tail };
}
