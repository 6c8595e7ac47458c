/** A number from 0 up to, not including, 1, as `Math.random` gives it. */
export type RandomSource = () => number;

/** The padding is the beginning of this text (recorded). */
const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Its length is distributed uniformly between these limits, both included (computed from recordings). */
const MIN_PADDING = 2;
const MAX_PADDING = 61;

/**
 * The `p` of a frame: text of a random length, so that the length of an encrypted frame doesn't give its token away.
 *
 * @param random - decides the length. @default Math.random
 */
export function padding(random: RandomSource = Math.random): string {
  return paddingOf(MIN_PADDING + Math.floor(random() * (MAX_PADDING - MIN_PADDING + 1)));
}

/** The `p` of a frame that has this length. */
export function paddingOf(length: number): string {
  return ALPHABET.slice(0, length);
}

/** Whether Bedrock has padding of this length. */
export function isPaddingLength(length: number): boolean {
  return length >= MIN_PADDING && length <= MAX_PADDING;
}

/** The longest `p` that a frame has. */
export const longestPadding = paddingOf(MAX_PADDING);
