import type { AddonContext, TokenId } from "./bindings.js";
import type { Sequence } from "./sequence.js";
import type { TokenSampler } from "./token-sampler.js";

/** A sequence's part of a batch. */
export interface BatchPart {
  readonly sequence: Sequence;
  /** The tokens to evaluate next. */
  readonly tokens: readonly TokenId[];
  /** Samples the token that follows; undefined if more of the prompt follows. */
  readonly sampler: TokenSampler | undefined;
}

/**
 * Evaluates all parts in one `llama_decode` and samples.
 *
 * llama.cpp evaluates only sequences with consecutive numbers in one pass over the weights (`split_equal` in llama-batch.cpp). The
 * parts are therefore added in the order of their sequence numbers; in any other order each run of consecutive numbers is a pass,
 * and eight streams took a quarter longer.
 *
 * The batch is running when this function returns its promise: work that the caller does before it awaits costs no time between two
 * batches.
 *
 * @returns the tokens, in the order of the parts: undefined for a part without sampling, an error if sampling failed
 * @throws llama.cpp's error if the batch can't be decoded; the KV cache of its sequences is then unusable
 */
export async function decode(
  context: AddonContext,
  parts: readonly BatchPart[],
): Promise<(TokenId | Error | undefined)[]> {
  context.initBatch(parts.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const logits = new Map<BatchPart, number | undefined>();
  for (const part of parts.toSorted((a, b) => a.sequence.number - b.sequence.number)) {
    const { sequence, tokens, sampler } = part;
    const last = sampler ? [tokens.length - 1] : [];
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
      const { sampler } = part;
      return logit === undefined || !sampler ? undefined : sample(context, logit, sampler);
    }),
  );
}

async function sample(context: AddonContext, logit: number, sampler: TokenSampler): Promise<TokenId | Error> {
  try {
    const token = await sampler.sample(context, logit);
    return token < 0 ? new Error("llama.cpp found no token to continue with.") : token;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
