import { EngineStoppedError, type Generation, type StopReason, type Token } from "../../engine/index.js";
import type { ApiRequest } from "../api-request.js";

/** Counts the tokens of one answer and takes its times, for the response and for the log. */
export class TokenMeter {
  readonly #request: ApiRequest;
  #count = 0;
  #firstTokenMs = 0;

  constructor(request: ApiRequest) {
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
  add({ stopReason }: Token): number {
    const { record } = this.#request;
    if (this.#count === 0) record.timeToFirstTokenMs = this.#firstTokenMs = this.elapsedMs;
    record.generatedTokens = this.#count += 1;
    if (stopReason !== null) this.end(stopReason);
    return this.#count;
  }

  /** Notes why the answer ended, in the operation's own words. */
  end(stopReason: string): void {
    this.#request.record.stopReason = stopReason;
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
    meter.add(token);
    text += token.text;
    if (token.stopReason !== null) return { text, stopReason: token.stopReason };
  }
  throw endedWithoutReason();
}

/** The engine broke its promise that the last token tells why it's the last. */
export function endedWithoutReason(): EngineStoppedError {
  return new EngineStoppedError("The generation ended without a reason.");
}
