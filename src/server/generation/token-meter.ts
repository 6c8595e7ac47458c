import { EngineStoppedError, type Generation, type StopReason } from "../../engine/index.js";
import type { ServerRequest } from "../request.js";

/** Counts and times the tokens of one answer, for the response and for the request's watchers. */
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

  /** Time from the request to its first token, in ms. */
  get firstTokenMs(): number {
    return this.#firstTokenMs;
  }

  /** Time since the request came, in ms. */
  get elapsedMs(): number {
    return performance.now() - this.#request.startedAt;
  }

  /** Counts a token; returns the new count. */
  add(): number {
    if (this.#count === 0) this.#firstTokenMs = this.elapsedMs;
    this.#count += 1;
    this.#request.emit({ type: "token", count: this.#count });
    return this.#count;
  }

  /** Reports why the answer ended, in the operation's own terms. */
  end(stopReason: string): void {
    this.#request.emit({ type: "stopped", reason: stopReason });
  }
}

/**
 * The whole text of a generation.
 *
 * @throws {EngineStoppedError} the engine failed; other errors of the generation pass through.
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

/** The error of an engine that broke its contract: the last token must have a stop reason. */
export function endedWithoutReason(): EngineStoppedError {
  return new EngineStoppedError("The generation ended without a reason.");
}
