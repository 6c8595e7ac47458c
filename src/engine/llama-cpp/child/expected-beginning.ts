import type { AddonContext, TokenId } from "./bindings.js";
import { decode } from "./decode.js";
import type { Sequence } from "./sequence.js";

/**
 * Tokens evaluated at once. A generation that starts meanwhile waits for so many at most, and needs them itself if its prompt begins as
 * expected. Fewer take hardly less time.
 */
const PIECE_TOKENS = 8;

/**
 * Evaluates tokens into the KV cache of a sequence while nothing else is to be done: the next prompt that begins with them needn't.
 *
 * @param idle - whether nothing else is to be done
 */
export async function evaluateBeginning(
  context: AddonContext,
  sequence: Sequence,
  tokens: readonly TokenId[],
  idle: () => boolean,
): Promise<void> {
  while (idle() && sequence.length < tokens.length) {
    const piece = tokens.slice(sequence.length, sequence.length + PIECE_TOKENS);
    try {
      await decode(context, [{ sequence, tokens: piece, sampler: undefined }]);
    } catch {
      // whoever asks for something meets the error again, and is told
      sequence.clear();
      return;
    }
  }
}
