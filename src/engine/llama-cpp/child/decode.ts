import type { AddonContext, AddonSampler, TokenId } from "./bindings.js";
import type { Sequence } from "./sequence.js";

/** A sequence's part of a batch. */
export interface BatchPart {
  readonly sequence: Sequence;
  /** What comes next in it. */
  readonly tokens: readonly TokenId[];
  /** Whether the token that follows is to be chosen; not where more of the prompt does. */
  readonly sampled: boolean;
}

/**
 * Evaluates all parts in one `llama_decode` and samples.
 *
 * llama.cpp takes only sequences whose numbers follow each other into one pass over the weights (`split_equal` in llama-batch.cpp), so
 * the parts go in in the order of their numbers: in any other, each run is a pass. Eight streams took a quarter longer.
 *
 * The batch is under way when this returns: what the caller does before it awaits costs no time between two batches.
 *
 * @returns the tokens, in the order of the parts; undefined where none is to be chosen, an error where sampling failed
 * @throws llama.cpp's error when the batch can't be decoded: what's in the KV cache of the sequences can't be trusted then
 */
export async function decode(
  context: AddonContext,
  parts: readonly BatchPart[],
): Promise<(TokenId | Error | undefined)[]> {
  context.initBatch(parts.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const logits = new Map<BatchPart, number | undefined>();
  for (const part of parts.toSorted((a, b) => a.sequence.number - b.sequence.number)) {
    const { sequence, tokens, sampled } = part;
    const last = sampled ? [tokens.length - 1] : [];
    const indexes = context.addToBatch(
      sequence.number,
      sequence.length,
      Uint32Array.from(tokens),
      Uint32Array.from(last),
    );
    logits.set(part, indexes[0]);
  }
  await context.decodeBatch();
  for (const { sequence, tokens } of parts) sequence.add(tokens);
  return Promise.all(
    parts.map(async (part) => {
      const logit = logits.get(part);
      return logit === undefined ? undefined : sample(context, logit, part.sequence.sampler);
    }),
  );
}

async function sample(context: AddonContext, logit: number, sampler: AddonSampler): Promise<TokenId | Error> {
  try {
    const token = await context.sampleToken(logit, sampler);
    return token < 0 ? new Error("llama.cpp found no token to go on with.") : token;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
