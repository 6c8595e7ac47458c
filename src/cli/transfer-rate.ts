import { formatBytes } from "../platform/index.js";
import type { Progress } from "../store/index.js";

/** The rate is that of the last seconds, in ms: long enough to be steady, short enough to follow a network that changes. */
const WINDOW_MS = 15_000;

/** Until so much time is seen, in ms, a rate says nothing. */
const LEAST_MS = 1000;

/** Tells how fast bytes come and how long the rest takes. Bytes that are there at the first look don't count. */
export class TransferRate {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /**
   * @param done - bytes so far
   * @param total - bytes in all
   * @param now - ms on a clock that only goes forward
   * @returns such as `12 MB/s, 3 min left`; empty while nothing can be said
   */
  look(done: number, total: number, now: number = performance.now()): string {
    const samples = this.#samples;
    // it began anew, with another file
    if (done < (samples.at(-1)?.bytes ?? 0)) samples.length = 0;
    samples.push({ at: now, bytes: done });
    while (samples.length > 2 && now - (samples[0]?.at ?? now) > WINDOW_MS) samples.shift();
    const { at, bytes } = samples[0] ?? { at: now, bytes: done };
    if (now - at < LEAST_MS || done <= bytes) return "";
    const rate = ((done - bytes) / (now - at)) * 1000;
    return `${formatBytes(Math.round(rate))}/s, ${duration((total - done) / rate)} left`;
  }
}

/** A length of time for a person who waits. @param seconds - any */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** The rate of each kind of work. */
export class TransferRates {
  readonly #rates = new Map<Progress["what"], TransferRate>();

  look({ what, doneBytes, totalBytes, finished }: Progress): string {
    let rate = this.#rates.get(what);
    if (!rate) this.#rates.set(what, (rate = new TransferRate()));
    if (doneBytes === undefined || totalBytes === undefined || finished) return "";
    return rate.look(doneBytes, totalBytes);
  }
}

/** How much of it is there: "12 MB of 97 MB". */
export function progressSizes({ doneBytes, totalBytes, finished }: Progress): string {
  if (doneBytes === undefined) return "";
  if (finished || totalBytes === undefined) return formatBytes(doneBytes);
  return `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
}
