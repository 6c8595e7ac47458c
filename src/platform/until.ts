import { timerMs } from "./timers.js";

/**
 * Waits for `promise` until a deadline or the caller's abort, whichever comes first.
 *
 * @param deadline - in milliseconds since the epoch; Infinity for none
 * @param onLate - makes the error to throw at the deadline
 * @throws what `promise` rejects with, what `onLate` makes, or `signal.reason`
 */
export function until<T>(
  promise: Promise<T>,
  deadline: number,
  signal: AbortSignal | undefined,
  onLate: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    const timer =
      deadline === Infinity
        ? undefined
        : setTimeout(() => reject(onLate()), timerMs(Math.max(0, deadline - Date.now())));
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    });
  });
}
