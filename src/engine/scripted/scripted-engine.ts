import { setMaxListeners } from "node:events";

import { checkImages } from "../check-images.js";
import type {
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineModel,
  GenerateRequest,
  Generation,
} from "../engine.js";
import {
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  PromptTooLongError,
} from "../errors.js";
import { type ChooseScript, chooseScript } from "./choose-script.js";
import { play } from "./play.js";
import type { Script } from "./script.js";

/** What {@link createScriptedEngine} takes. */
export interface ScriptedEngineOptions {
  /**
   * What to answer: one script for every request; several, of which those with a `when` answer the prompts that contain it and the
   * others are played in turn, again and again; or a function of the request.
   */
  readonly script: Script | readonly Script[] | ((request: GenerateRequest) => Script);
  /** Properties of the model. @default name `scripted`, 1,024 sequences of 131,072 tokens, no chat template */
  readonly model?: Partial<EngineModel>;
  /** What the engine claims to be able to do. @default exact counts and verbatim prompts; no images, no token ids */
  readonly capabilities?: Partial<EngineCapabilities>;
}

const defaultCapabilities: EngineCapabilities = {
  images: false,
  exactCounts: true,
  tokenIds: false,
  verbatimPrompt: true,
};

const defaultModel: EngineModel = {
  name: "scripted",
  contextSize: 131_072,
  sequences: 1024,
  chatTemplate: undefined,
  bosToken: "<s>",
  eosToken: "</s>",
};

const CLOSED = "The engine is closed.";

/**
 * Creates an engine that plays given answers with given timing: for tests, the same answer every time.
 *
 * Where no script fits a prompt, or a function's script is wrong, `generate()` rejects with a {@link ScriptError}.
 *
 * @throws {ScriptError} a script is wrong.
 */
export function createScriptedEngine(options: ScriptedEngineOptions): Engine {
  return new ScriptedEngine(options);
}

class ScriptedEngine implements Engine {
  readonly capabilities: EngineCapabilities;
  readonly #script: ChooseScript;
  readonly #model: EngineModel;
  readonly #closing = new AbortController();
  #taken = 0;

  constructor(options: ScriptedEngineOptions) {
    this.capabilities = { ...defaultCapabilities, ...options.capabilities };
    this.#script = chooseScript(options.script);
    this.#model = { ...defaultModel, ...options.model };
    // each running generation has a listener
    setMaxListeners(0, this.#closing.signal);
  }

  get sequences(): number {
    return this.#model.sequences;
  }

  model(): Promise<EngineModel> {
    return Promise.resolve(this.#model);
  }

  health(): EngineHealth {
    return this.#closing.signal.aborted ? { ready: false, reason: CLOSED } : { ready: true };
  }

  generate(request: GenerateRequest): Promise<Generation> {
    try {
      return Promise.resolve(this.#start(request));
    } catch (error) {
      request.onFree?.();
      return Promise.reject(error);
    }
  }

  async countTokens(prompt: string, options: CountTokensOptions = {}): Promise<number> {
    checkImages(this.capabilities, options);
    return Promise.resolve(countWords(prompt));
  }

  close(): Promise<void> {
    this.#closing.abort(new EngineStoppedError("The engine was closed."));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #start(request: GenerateRequest): Generation {
    checkImages(this.capabilities, request);
    if (this.#closing.signal.aborted) throw new EngineUnavailableError(CLOSED, false);
    request.signal?.throwIfAborted();
    if (this.#taken >= this.sequences) throw new EngineBusyError("All sequences are busy.");
    const script = this.#script(request);
    const promptTokens = script.promptTokens ?? countWords(request.prompt);
    const limit = Math.min(this.#model.contextSize, request.contextLimit ?? Infinity);
    if (promptTokens > limit) throw new PromptTooLongError(promptTokens, limit);
    const maxTokens = Math.max(1, Math.min(request.maxTokens, limit - promptTokens));
    const { signal, free } = this.#take(request);
    const tokens = play(script, maxTokens, signal, free);
    return {
      promptTokens,
      [Symbol.asyncIterator]: () => ({
        next: () => tokens.next(),
        return: () => {
          // a generator that was never started runs no `finally`
          free();
          return tokens.return(undefined);
        },
      }),
    };
  }

  /** Takes a sequence until `free` is called, the caller aborts or the engine is closed, even if nobody iterates. */
  #take({ signal: caller, onFree }: GenerateRequest): { signal: AbortSignal; free: () => void } {
    const closing = this.#closing.signal;
    const signal = caller ? AbortSignal.any([caller, closing]) : closing;
    let taken = true;
    const free = () => {
      if (!taken) return;
      taken = false;
      signal.removeEventListener("abort", free);
      this.#taken -= 1;
      onFree?.();
    };
    this.#taken += 1;
    signal.addEventListener("abort", free);
    return { signal, free };
  }
}

/** Counts without a list of the words, of which the longest body holds twelve million: half a gigabyte. */
function countWords(prompt: string): number {
  const word = /\S+/gu;
  let count = 0;
  while (word.test(prompt)) count += 1;
  return count;
}
