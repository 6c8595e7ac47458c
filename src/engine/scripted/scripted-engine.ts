import { setTimeout as sleep } from "node:timers/promises";

import { Admission, type AdmissionOptions, QUEUE_WAIT_MS } from "../admission.js";
import type { Engine, EngineModel, GenerateRequest, Generation, Token } from "../engine.js";
import { EngineStoppedError, EngineUnavailableError, PromptTooLongError } from "../errors.js";

/** One answer to play. */
export interface Script {
  /** The tokens, in order; a string stands for `{ text }`. */
  readonly tokens: readonly (string | ScriptedToken)[];
  /**
   * How the answer ends if `maxTokens` doesn't cut it earlier: `stop` plays an end-of-sequence token after the tokens,
   * `length` ends with the last token.
   * @default "stop"
   */
  readonly stopReason?: "stop" | "length";
  /** What the prompt counts. Left out: its words. */
  readonly promptTokens?: number;
  /** Milliseconds before every token that has no delay of its own. @default 0 */
  readonly delayMs?: number;
  /** The engine dies once this many tokens are out: iteration throws {@link EngineStoppedError}. */
  readonly failAfter?: number;
}

/** One token to play. */
export interface ScriptedToken {
  /** Its text. */
  readonly text: string;
  /** Its id in the model's vocabulary. @default undefined, as of an engine that can't tell */
  readonly id?: number;
  /** Milliseconds to wait before this token. */
  readonly delayMs?: number;
}

/** What {@link createScriptedEngine} takes. */
export interface ScriptedEngineOptions {
  /** What to answer: one script for every request, several played in turn, or a function of the request. */
  readonly script: Script | readonly Script[] | ((request: GenerateRequest) => Script);
  /** What the engine says of its model. @default the name "scripted", a context of 131072 tokens, 1024 sequences, no chat template */
  readonly model?: Partial<EngineModel>;
  /** Bounds of the queue in front of the sequences. */
  readonly queue?: AdmissionOptions;
}

const defaultModel: EngineModel = {
  name: "scripted",
  contextSize: 131_072,
  sequences: 1024,
  chatTemplate: undefined,
  bosToken: "<s>",
  eosToken: "</s>",
};

/** An engine that plays given tokens with given timing: the same answer every time, for tests. */
export function createScriptedEngine(options: ScriptedEngineOptions): Engine {
  return new ScriptedEngine(options);
}

class ScriptedEngine implements Engine {
  readonly #script: (request: GenerateRequest) => Script;
  readonly #model: EngineModel;
  readonly #admission: Admission;
  readonly #waitMs: number;
  readonly #closing = new AbortController();

  constructor(options: ScriptedEngineOptions) {
    this.#script = inTurn(options.script);
    this.#model = { ...defaultModel, ...options.model };
    this.#admission = new Admission(this.#model.sequences, options.queue);
    this.#waitMs = options.queue?.waitMs ?? QUEUE_WAIT_MS;
  }

  model(): Promise<EngineModel> {
    return Promise.resolve(this.#model);
  }

  health() {
    return this.#closing.signal.aborted
      ? ({ ready: false, reason: "The engine is closed." } as const)
      : ({ ready: true } as const);
  }

  async generate(request: GenerateRequest): Promise<Generation> {
    if (this.#closing.signal.aborted) throw new EngineUnavailableError("The engine is closed.", false);
    const waitMs = this.#waitMs - (Date.now() - (request.since ?? Date.now()));
    const release = await this.#admission.enter(request.signal, Math.max(0, waitMs));
    try {
      const script = this.#script(request);
      const promptTokens = script.promptTokens ?? countWords(request.prompt);
      const limit = Math.min(this.#model.contextSize, request.contextLimit ?? Infinity);
      if (promptTokens > limit) throw new PromptTooLongError(promptTokens, limit);
      const maxTokens = Math.max(1, Math.min(request.maxTokens, limit - promptTokens));
      const tokens = this.#play(script, maxTokens, request.signal, release);
      return { promptTokens, [Symbol.asyncIterator]: () => tokens };
    } catch (error) {
      release();
      throw error;
    }
  }

  countTokens(prompt: string): Promise<number> {
    return Promise.resolve(countWords(prompt));
  }

  close(): Promise<void> {
    this.#closing.abort(new EngineStoppedError("The engine was closed."));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#play(
    script: Script,
    maxTokens: number,
    caller: AbortSignal | undefined,
    release: () => void,
  ): AsyncGenerator<Token> {
    const signal = caller ? AbortSignal.any([caller, this.#closing.signal]) : this.#closing.signal;
    try {
      let played = 0;
      for (const entry of script.tokens) {
        const token = typeof entry === "string" ? { text: entry } : entry;
        const delayMs = token.delayMs ?? script.delayMs ?? 0;
        if (delayMs > 0) await pause(delayMs, signal);
        signal.throwIfAborted();
        if (script.failAfter === played) throw new EngineStoppedError("The engine died, as its script says.");
        played += 1;
        const last =
          played === maxTokens || (script.stopReason === "length" && played === script.tokens.length);
        yield { id: token.id, text: token.text, stopReason: last ? "length" : null };
        if (last) return;
      }
      if (script.delayMs) await pause(script.delayMs, signal);
      signal.throwIfAborted();
      if (script.failAfter === played) throw new EngineStoppedError("The engine died, as its script says.");
      yield { id: undefined, text: "", stopReason: "stop" };
    } finally {
      release();
    }
  }
}

function inTurn(script: ScriptedEngineOptions["script"]): (request: GenerateRequest) => Script {
  if (typeof script === "function") return script;
  const scripts: readonly Script[] = "tokens" in script ? [script] : script;
  let next = 0;
  return () => {
    const chosen = scripts[next % scripts.length];
    if (!chosen) throw new RangeError("A scripted engine needs at least one script.");
    next += 1;
    return chosen;
  };
}

/** Ends early when aborted: the timer's own AbortError would hide the caller's reason. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function countWords(prompt: string): number {
  return prompt.split(/\s+/u).filter((word) => word !== "").length;
}
