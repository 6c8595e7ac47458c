import { SourceError } from "./source-error.js";

/** The hub has another file than the one that is known. */
export class HubFileChangedError extends SourceError {
  override readonly name = "HubFileChangedError";
  /**
   * @param expected - SHA-256 in hexadecimal, or the size in bytes
   * @param actual - what the hub says
   */
  constructor(
    readonly expected: string | number,
    readonly actual: string | number,
  ) {
    const what = typeof expected === "number" ? "size" : "SHA-256";
    super(`has another file now than the one that is known: its ${what} is ${actual}, not ${expected}`);
  }
}
