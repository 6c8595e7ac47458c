import { createScriptedEngine, type Engine, type StopReason, type Token } from "../../../src/engine/index.js";

/** An engine whose one generation is controlled by the test, token by token. */
export interface ManualEngine extends Engine {
  /** Whether its next token is awaited. */
  readonly awaited: boolean;
  say(text: string, stopReason?: StopReason | null): void;
  fail(error: Error): void;
}

/** @param promptTokens - the number of tokens in every prompt */
export function manualEngine(promptTokens = 7): ManualEngine {
  const scripted = createScriptedEngine({ script: { tokens: [] } });
  const queue: (Token | Error)[] = [];
  let wake: (() => void) | undefined;

  async function* tokens(
    signal: AbortSignal | undefined,
    onFree: (() => void) | undefined,
  ): AsyncGenerator<Token> {
    try {
      for (;;) {
        const next = queue.shift();
        signal?.throwIfAborted();
        if (next instanceof Error) throw next;
        if (next) {
          yield next;
          if (next.stopReason !== null) return;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal?.addEventListener("abort", () => resolve(), { once: true });
        });
        wake = undefined;
      }
    } finally {
      onFree?.();
    }
  }
  const push = (next: Token | Error) => {
    queue.push(next);
    wake?.();
  };
  return {
    model: () => scripted.model(),
    health: () => scripted.health(),
    countTokens: (...args) => scripted.countTokens(...args),
    close: () => scripted.close(),
    [Symbol.asyncDispose]: () => scripted.close(),
    capabilities: scripted.capabilities,
    sequences: scripted.sequences,
    generate({ signal, onFree }) {
      const iterator = tokens(signal, onFree);
      return Promise.resolve({ promptTokens, [Symbol.asyncIterator]: () => iterator });
    },
    get awaited() {
      return wake !== undefined;
    },
    say: (text, stopReason = null) => push({ id: undefined, text, stopReason }),
    fail: (error) => push(error),
  };
}
