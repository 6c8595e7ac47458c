/**
 * What every engine is: a prompt in, tokens out. An engine knows nothing of AWS, HTTP or Bedrock; it may run in a child
 * process (`llama-cpp`), play a script (`scripted`) or speak to another server.
 */
export interface Engine extends AsyncDisposable {
  /** What it can do, known before its model is loaded. */
  readonly capabilities: EngineCapabilities;

  /** Generations that can run at once, at least 1; known before the model is loaded. */
  readonly sequences: number;

  /** What answers. Resolves once the model is loaded; rejects with the reason if it can't be. */
  model(): Promise<EngineModel>;

  /** Whether a request would be taken now, and if not, why. Never throws. */
  health(): EngineHealth;

  /**
   * Starts one generation.
   *
   * Resolves when the request has a sequence of its own and its prompt is counted and fits, before the first token is
   * decoded: whatever can be refused is refused here. Waits for a model that is being loaded, until `request.deadline` at the
   * latest, but never for a free sequence: that is what {@link withAdmission} adds.
   *
   * @throws {PromptTooLongError} the prompt alone exceeds the context limit.
   * @throws {EngineBusyError} all sequences are busy, or the prompt would take too long to evaluate.
   * @throws {EngineUnavailableError} the model isn't loaded in time, can't be loaded, or the engine is closed.
   * @throws `signal.reason` once `request.signal` is aborted.
   */
  generate(request: GenerateRequest): Promise<Generation>;

  /**
   * Counts the tokens a prompt would be evaluated as, the beginning-of-sequence token among them where it's added.
   *
   * @throws {EngineUnavailableError} as `generate`.
   */
  countTokens(prompt: string, options?: CountTokensOptions): Promise<number>;

  /** The memory that the engine holds; undefined before its model is loaded. Left out where an engine can't tell. */
  memory?(): EngineMemory | undefined;

  /**
   * Ends every generation with {@link EngineStoppedError}, or the loading, and frees all memory: by the time this resolves the
   * engine has no process any more. Safe to call twice.
   */
  close(): Promise<void>;
}

/** What an engine can do. */
export interface EngineCapabilities {
  /** Takes images in a prompt. */
  readonly images: boolean;
  /** Counts tokens with the model's own tokenizer, so that its counts are those that Bedrock reports. */
  readonly exactCounts: boolean;
  /** Tells the id of each token ({@link Token.id}). */
  readonly tokenIds: boolean;
  /** Evaluates a prompt as it stands, special tokens included, without wrapping it in a chat template. */
  readonly verbatimPrompt: boolean;
}

/**
 * Whether a beginning-of-sequence token is put in front of the prompt: `always`, `never`, or `model` (what the model's own
 * metadata says, and never twice).
 */
export type BosRule = "always" | "never" | "model";

/** How much memory an engine holds, as the operating system counts it (resident set size). */
export interface EngineMemory {
  /** Bytes, a second old at most while it answers. */
  readonly residentBytes: number;
  /** Bytes right after the model was loaded. Weights come into memory as they are used, so less than it takes in the end. */
  readonly loadedBytes: number;
}

/** What an engine tells about the model it serves. */
export interface EngineModel {
  /** The name to show, such as `SmolLM2-135M-Instruct-Q4_1`. */
  readonly name: string;
  /** Tokens one sequence can hold, prompt and generation together. */
  readonly contextSize: number;
  /** Generations that run at once. */
  readonly sequences: number;
  /** The model's own chat template (Jinja), if its file carries one. */
  readonly chatTemplate: string | undefined;
  /** Text of the beginning-of-sequence token, for the template. */
  readonly bosToken: string;
  /** Text of the end-of-sequence token, for the template. */
  readonly eosToken: string;
}

/** What an engine is asked to generate. */
export interface GenerateRequest {
  /** The text to continue; special tokens written in it (`<|eot_id|>`) are parsed as such. */
  readonly prompt: string;
  /** @default "model" */
  readonly bos?: BosRule;
  /** Tokens to generate at most, at least 1. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Nucleus sampling, 0 … 1; 0 and 1 switch it off. */
  readonly topP: number;
  /** Same seed, same prompt, same options: same tokens. Random when left out. */
  readonly seed?: number;
  /** A limit on prompt and generation together, below the engine's own `contextSize`. */
  readonly contextLimit?: number;
  /**
   * Whether its caller waits for the first token however long the prompt takes to be evaluated; otherwise one that would take too
   * long is refused. @default false
   */
  readonly patient?: boolean;
  /** Since when its caller has waited, in ms since 1970. All limits on waiting count from there. @default now */
  readonly since?: number;
  /**
   * Until when the request may wait for the model to be loaded, in ms since 1970. An engine that knows that it won't be ready
   * by then refuses at once. @default no limit
   */
  readonly deadline?: number;
  /** Ends the generation by the next tick. */
  readonly signal?: AbortSignal;
  /**
   * Called exactly once, when the sequence that the request took is free again: the engine has stopped working on it, which may be
   * later than its caller left. A request that never got a sequence calls it before `generate()` throws.
   */
  readonly onFree?: () => void;
}

/** What {@link Engine.countTokens} takes beside the prompt. */
export type CountTokensOptions = Pick<GenerateRequest, "bos" | "since" | "deadline" | "signal">;

/**
 * One running generation. Iterating yields each token once, as soon as it's decoded, and ends after the token that carries
 * a stop reason. `break` cancels. A consumer that doesn't ask for more pauses the sequence after a few tokens.
 *
 * Iteration throws {@link EngineStoppedError} if the engine dies or is closed, {@link EngineTimeoutError} if the generation takes
 * too long, and `signal.reason` when aborted, after all earlier tokens were yielded.
 */
export interface Generation extends AsyncIterable<Token> {
  /** Tokens of the prompt, the beginning-of-sequence token among them. */
  readonly promptTokens: number;
}

/** One decoded token. */
export interface Token {
  /** The id in the model's vocabulary; undefined where the engine can't tell. */
  readonly id: number | undefined;
  /**
   * The text this token completed: empty for an end-of-sequence token and for one that ends inside a multi-byte character
   * (the whole character comes with the token that completes it).
   */
  readonly text: string;
  /** How a special token is written, such as `<|eot_id|>` or `<|python_tag|>`; its `text` is "". Absent for all others. */
  readonly special?: string;
  /**
   * `stop`: this is the end-of-sequence token. `length`: this is the last token allowed. Otherwise null.
   */
  readonly stopReason: StopReason | null;
}

/** Why a generation ended: at the end-of-sequence token, or at the last token allowed. */
export type StopReason = "stop" | "length";

/** Whether an engine would take a request now. */
export type EngineHealth =
  | {
      /** It would. */
      readonly ready: true;
    }
  | {
      /** It wouldn't. */
      readonly ready: false;
      /** Why: one sentence for a person. */
      readonly reason: string;
    };
