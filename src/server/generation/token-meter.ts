import { EngineStoppedError, type Generation, type StopReason } from "../../engine/index.js";
import type { ServerRequest } from "../request.js";

/** Counts the tokens of one answer and takes its times, for the response and for those who watch the request. */
export class TokenMeter {
  readonly #request: ServerRequest;
  #count = 0;
  #firstTokenMs = 0;

  constructor(request: ServerRequest) {
    this.#request = request;
  }

  /** Tokens so far. */
  get count(): number {
    return this.#count;
  }

  /** From the request to its first token, in ms. */
  get firstTokenMs(): number {
    return this.#firstTokenMs;
  }

  /** From the request to now, in ms. */
  get elapsedMs(): number {
    return performance.now() - this.#request.startedAt;
  }

  /** Notes a token; returns how many there are now. */
  add(): number {
    if (this.#count === 0) this.#firstTokenMs = this.elapsedMs;
    this.#count += 1;
    this.#request.emit({ type: "token", count: this.#count });
    return this.#count;
  }

  /** Notes why the answer ended, in the operation's own words. */
  end(stopReason: string): void {
    this.#request.emit({ type: "stopped", reason: stopReason });
  }
}

/**
 * A generation's text, whole.
 *
 * @throws {EngineStoppedError} the engine failed; and whatever else iterating throws.
 */
export async function wholeText(
  generation: Generation,
  meter: TokenMeter,
): Promise<{ readonly text: string; readonly stopReason: StopReason }> {
  let text = "";
  for await (const token of generation) {
    meter.add();
    text += token.text;
    if (token.stopReason === null) continue;
    meter.end(token.stopReason);
    return { text, stopReason: token.stopReason };
  }
  throw endedWithoutReason();
}

/** The engine broke its promise that the last token tells why it's the last. */
export function endedWithoutReason(): EngineStoppedError {
  return new EngineStoppedError("The generation ended without a reason.");
}
