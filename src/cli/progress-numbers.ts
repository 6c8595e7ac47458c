import { formatBytes, type Progress } from "../store/index.js";
import { TransferRate } from "./transfer-rate.js";

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
