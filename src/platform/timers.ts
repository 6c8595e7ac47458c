/**
 * Node's timers take at most 2^31 − 1 ms, some 24.8 days; one that is told a longer time, or Infinity, fires after 1 ms. This leaves
 * room for what callers add.
 */
const MAX_TIMER_MS = 24 * 86_400_000;

/** A time that a timer can be given: `ms`, or 24 days if that is longer, which is as good as never. */
export function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}
