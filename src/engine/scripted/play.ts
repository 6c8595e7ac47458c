import { setTimeout as sleep } from "node:timers/promises";

import { timerMs } from "../../platform/index.js";
import type { StopReason, Token } from "../engine.js";
import { EngineStoppedError } from "../errors.js";
import type { CheckedScript } from "./check-script.js";
import type { ScriptedToken } from "./script.js";

const DIED = "The engine died, as its script says.";

/** Plays a script. @param free - called before the last token is yielded, and whatever else ends it */
export async function* play(
  { tokens, stopReason, delayMs, failAfter }: CheckedScript,
  maxTokens: number,
  signal: AbortSignal,
  free: () => void,
): AsyncGenerator<Token, undefined> {
  try {
    let played = 0;
    for (const token of tokens) {
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
