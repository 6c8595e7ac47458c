/** How keys and values are stored, by llama.cpp's names. */
export type KvCacheType = "f16" | "q8_0";

/** q8_0 stores so many numbers together; a head's keys must be a multiple of it, and so must its values. */
const Q8_0_BLOCK = 32;

/** The sequences of a running model, and how their keys and values are stored. */
export interface CacheLayout {
  /** Concurrent generations, at least 1. */
  readonly sequences: number;
  /** How many of them hold half of the context, fewer than all. */
  readonly halfSequences: number;
  readonly kvCacheType: KvCacheType;
}

/** What a user has chosen; undefined for what Cria chooses. */
export interface WantedLayout {
  readonly sequences?: number | undefined;
  readonly kvCacheType?: KvCacheType | undefined;
}

/**
 * The layouts to choose from, the best first; a model runs with the first one that fits into memory. Only as much is given up as memory
 * asks for, what is missed least first: half of the bytes of keys and values; then half of the context in one sequence after the other,
 * never in the last; then sequences, unless their number was chosen. docs/decisions/0017-memory-of-the-kv-cache.md has the reasons.
 *
 * @param most - sequences where nobody has chosen
 * @param headSize - numbers in a head's key; decides whether q8_0 can be had
 * @returns empty if q8_0 was chosen and can't be had
 */
export function cacheLayouts(
  { sequences, kvCacheType }: WantedLayout,
  most: number,
  headSize: number,
): CacheLayout[] {
  const wanted: readonly KvCacheType[] = kvCacheType === undefined ? ["f16", "q8_0"] : [kvCacheType];
  const types = wanted.filter((type) => type === "f16" || headSize % Q8_0_BLOCK === 0);
  const smallest = types.at(-1);
  if (smallest === undefined) return [];
  const counts = sequences === undefined ? downFrom(most) : [sequences];
  return counts.flatMap((count) => [
    // whole sequences in f16 take more than twice as many half ones in q8_0, so fewer of them never fit where those don't
    ...(count === counts[0] ? types : [smallest]).map((type) => layout(count, 0, type)),
    ...downFrom(count - 1).map((whole) => layout(count, count - whole, smallest)),
  ]);
}

function layout(sequences: number, halfSequences: number, kvCacheType: KvCacheType): CacheLayout {
  return { sequences, halfSequences, kvCacheType };
}

function downFrom(most: number): number[] {
  return Array.from({ length: most }, (_, i) => most - i);
}
