import { setTimeout as sleep } from "node:timers/promises";

import { timerMs } from "../../platform/index.js";
import type { StopReason, Token } from "../engine.js";
import { EngineStoppedError } from "../errors.js";

const DIED = "The engine died, as its script says.";

/** One answer to play. */
export interface Script {
  /** The tokens, in order; a string stands for `{ text }`. */
  readonly tokens: readonly (string | ScriptedToken)[];
  /**
   * How the answer ends unless `maxTokens` ends it earlier: `stop` plays an end-of-sequence token after the tokens, `length` ends
   * with the last of them.
   * @default "stop"
   */
  readonly stopReason?: "stop" | "length";
  /** The token count of the prompt. @default the number of its words */
  readonly promptTokens?: number;
  /** Milliseconds to wait before each token without its own delay. @default 0 */
  readonly delayMs?: number;
  /** After this many tokens the engine dies: iteration throws {@link EngineStoppedError}. */
  readonly failAfter?: number;
}

/** One token to play. */
export interface ScriptedToken {
  /** Its text. */
  readonly text: string;
  /** Its id in the model's vocabulary. @default undefined, as of an engine that can't tell */
  readonly id?: number;
  /** The written form of a special token, such as `<|python_tag|>`; its `text` should be "". */
  readonly special?: string;
  /** Milliseconds to wait before this token. */
  readonly delayMs?: number;
}

/** Plays a script. @param free - called before the last token is yielded, and whatever else ends it */
export async function* play(
  { tokens, stopReason, delayMs, failAfter }: Script,
  maxTokens: number,
  signal: AbortSignal,
  free: () => void,
): AsyncGenerator<Token, undefined> {
  try {
    let played = 0;
    for (const entry of tokens) {
      const token = typeof entry === "string" ? { text: entry } : entry;
      const waitMs = token.delayMs ?? delayMs ?? 0;
      if (waitMs > 0) await pause(waitMs, signal);
      signal.throwIfAborted();
      if (failAfter === played) throw new EngineStoppedError(DIED);
      played += 1;
      const last = played === maxTokens || (stopReason === "length" && played === tokens.length);
      if (last) free();
      yield toToken(token, last ? "length" : null);
      if (last) return;
    }
    if (delayMs) await pause(delayMs, signal);
    signal.throwIfAborted();
    if (failAfter === played) throw new EngineStoppedError(DIED);
    free();
    yield { id: undefined, text: "", stopReason: "stop" };
  } finally {
    free();
  }
}

function toToken({ id, text, special }: ScriptedToken, stopReason: StopReason | null): Token {
  return special === undefined ? { id, text, stopReason } : { id, text, special, stopReason };
}

/** Ends early when aborted: the timer's own AbortError would hide the caller's reason. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(timerMs(ms), undefined, { signal }).catch(() => undefined);
}
