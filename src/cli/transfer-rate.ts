import { formatBytes } from "../platform/index.js";
import type { Progress } from "../store/index.js";

/** The rate is averaged over this time, in ms: long enough to be steady, short enough to follow a network that changes. */
const WINDOW_MS = 15_000;

/** Shorter measurements than this, in ms, give no rate. */
const MIN_MS = 1000;

/** Measures the rate of a transfer and estimates the time left. Bytes that were there at the first update don't count. */
export class TransferRate {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /**
   * @param done - bytes transferred so far
   * @param total - bytes in all
   * @param now - ms on a monotonic clock
   * @returns such as `12 MB/s, 3 min left`; empty while the rate isn't known
   */
  update(done: number, total: number, now: number = performance.now()): string {
    const samples = this.#samples;
    // the next file has begun
    if (done < (samples.at(-1)?.bytes ?? 0)) samples.length = 0;
    samples.push({ at: now, bytes: done });
    while (samples.length > 2 && now - (samples[0]?.at ?? now) > WINDOW_MS) samples.shift();
    const { at, bytes } = samples[0] ?? { at: now, bytes: done };
    if (now - at < MIN_MS || done <= bytes) return "";
    const rate = ((done - bytes) / (now - at)) * 1000;
    return `${formatBytes(Math.round(rate))}/s, ${formatDuration((total - done) / rate)} left`;
  }
}

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** The rates of transfers that run at the same time, one for each {@link Progress.what}. */
export class TransferRates {
  readonly #rates = new Map<Progress["what"], TransferRate>();

  /** @returns as {@link TransferRate.update} */
  update({ what, doneBytes, totalBytes, finished }: Progress): string {
    let rate = this.#rates.get(what);
    if (!rate) this.#rates.set(what, (rate = new TransferRate()));
    if (doneBytes === undefined || totalBytes === undefined || finished) return "";
    return rate.update(doneBytes, totalBytes);
  }
}

/** How many bytes are there, such as `12 MB of 97 MB`; empty if unknown. */
export function progressSizes({ doneBytes, totalBytes, finished }: Progress): string {
  if (doneBytes === undefined) return "";
  if (finished || totalBytes === undefined) return formatBytes(doneBytes);
  return `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
}
