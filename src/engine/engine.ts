/**
 * An engine turns a prompt into tokens. It knows nothing about AWS, HTTP or Bedrock. It may run a model in a child process
 * (`llama-cpp`), play a script (`scripted`) or call another server.
 */
export interface Engine extends AsyncDisposable {
  /** What the engine can do. Known before its model is loaded. */
  readonly capabilities: EngineCapabilities;

  /** Number of generations that can run at once, at least 1. Known before the model is loaded. */
  readonly sequences: number;

  /** Number of requests that wait for a sequence. Absent if the engine has no queue in front of it. */
  readonly waiting?: number;

  /** Number of sequences that are in use. Absent if the engine has no queue in front of it. */
  readonly running?: number;

  /** How often the engine's process was started again, because it died or was replaced. Absent if the engine has none. */
  readonly restarts?: number;

  /** Whether one of these could take a token now ({@link GenerateRequest.canTake}). */
  readonly isWanted?: boolean;

  /** The model. Resolves once it is loaded; rejects with the reason if it can't be loaded. */
  model(): Promise<EngineModel>;

  /** Whether the engine would take a request now, and if not, why. Never throws. */
  health(): EngineHealth;

  /**
   * Starts one generation.
   *
   * Resolves when the request has a sequence and its prompt is known to fit, before the first token is decoded. Every refusal
   * happens here. Waits for a model that is being loaded, until `request.deadline` at the latest, but never for a free
   * sequence: {@link withAdmission} adds that.
   *
   * @throws {EngineImagesError} the request has images, and the engine takes none.
   * @throws {EngineChatError} it has images and something else that the engine can't take beside them.
   * @throws {PromptTooLongError} the prompt alone exceeds the context limit.
   * @throws {EngineBusyError} all sequences are busy, or the prompt would take too long to evaluate.
   * @throws {EngineUnavailableError} the model isn't loaded in time, can't be loaded, or the engine is closed.
   * @throws `signal.reason` once `request.signal` is aborted.
   */
  generate(request: GenerateRequest): Promise<Generation>;

  /**
   * Counts the tokens of a prompt as `generate` would, including the beginning-of-sequence token where one is added.
   *
   * @throws {EngineImagesError} {@link EngineChatError} {@link EngineUnavailableError} as `generate`.
   */
  countTokens(prompt: string, options?: CountTokensOptions): Promise<number>;

  /** The memory that the engine uses; undefined before its model is loaded. Absent if the engine can't tell. */
  memory?(): EngineMemory | undefined;

  /**
   * Ends every generation with {@link EngineStoppedError}, stops loading, and frees all memory. Once this resolves, the engine's
   * process is gone. Safe to call twice.
   */
  close(): Promise<void>;
}

/**
 * Tells the user something, in sentences.
 *
 * @param level - `warn` where somebody has to do something, or gets less than was asked for
 */
export type Notify = (sentence: string, level: "info" | "warn") => void;

/** What an engine can do. */
export interface EngineCapabilities {
  /** Takes images in a prompt. True also while it isn't known yet: then a request with images may still get an {@link EngineImagesError}. */
  readonly images: boolean;
  /** Counts tokens with the model's own tokenizer, so its counts are the ones that Bedrock reports. */
  readonly exactCounts: boolean;
  /** Tells the id of each token ({@link Token.id}). */
  readonly tokenIds: boolean;
  /**
   * Evaluates the prompt as given, special tokens included, without a chat template of its own, and puts a beginning-of-sequence token in front where
   * {@link GenerateRequest.bos} says so and nowhere else.
   */
  readonly verbatimPrompt: boolean;
}

/**
 * Whether a beginning-of-sequence token is put in front of the prompt: `always`, `never`, or `model` (what the model's own
 * metadata says, and never twice).
 */
export type BosRule = "always" | "never" | "model";

/** How much memory an engine uses: the resident set size that the operating system reports. */
export interface EngineMemory {
  /** Bytes now; at most a second old while the engine responds. */
  readonly residentBytes: number;
  /** Bytes right after loading. Weights are paged in as they are used, so the engine needs more in the end. */
  readonly loadedBytes: number;
}

/** The model that an engine serves. */
export interface EngineModel {
  /** Display name, such as `SmolLM2-135M-Instruct-Q4_1`. */
  readonly name: string;
  /** Tokens that one sequence can hold, prompt and generation together. */
  readonly contextSize: number;
  /** Number of generations that can run at once. */
  readonly sequences: number;
  /** How many of these sequences hold half of `contextSize`, to save memory. @default 0 */
  readonly halfSequences?: number;
  /** How keys and values are stored: `f16`, `q8_0`. Absent if the engine has no KV cache or can't tell. */
  readonly kvCacheType?: string;
  /** The model's own chat template (Jinja), if its file carries one. */
  readonly chatTemplate: string | undefined;
  /** Text of the beginning-of-sequence token, for the template. */
  readonly bosToken: string;
  /** Text of the end-of-sequence token, for the template. */
  readonly eosToken: string;
}

/** An image for an engine whose {@link EngineCapabilities.images} is true. */
export interface EngineImage {
  /** The encoding of `bytes`. */
  readonly format: "png" | "jpeg" | "gif" | "webp";
  /** The encoded image, not its pixels. */
  readonly bytes: Uint8Array;
}

/** One turn of a conversation ({@link GenerateRequest.chat}). */
export type EngineMessage =
  | {
      /** Instructions, or the user's turn. */
      readonly role: "system" | "user";
      /** Texts and images, in their order. */
      readonly content: readonly (string | EngineImage)[];
    }
  | {
      /** The model's own turn. */
      readonly role: "assistant";
      /** What it says; [] for nothing. */
      readonly content: readonly string[];
      /** The tools that it calls after what it says. */
      readonly calls: readonly EngineToolCall[];
    }
  | {
      /** What a tool returned. */
      readonly role: "tool";
      /** The id of the call. */
      readonly callId: string;
      /** Texts and images, in their order. */
      readonly content: readonly (string | EngineImage)[];
    };

/** A call of a tool in an earlier turn. */
export interface EngineToolCall {
  /** What its result names. */
  readonly id: string;
  /** The tool's name. */
  readonly name: string;
  /** The arguments, a JSON object. */
  readonly inputJson: string;
}

/** What an engine is asked to generate. */
export interface GenerateRequest {
  /** The text to continue; special tokens written in it (`<|eot_id|>`) are parsed as such. */
  readonly prompt: string;
  /** The images, in the order in which the prompt has a `<|image|>` for each. @default none */
  readonly images?: readonly EngineImage[];
  /**
   * The conversation behind a prompt with images, for an engine whose server takes images only in a conversation and writes the prompt
   * itself. Given with `images`. An engine that puts images into the prompt as it is ignores it. @default none
   */
  readonly chat?: readonly EngineMessage[];
  /** @default "model" */
  readonly bos?: BosRule;
  /** Maximum number of tokens to generate, at least 1. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Nucleus sampling, 0 … 1; 0 and 1 turn it off. */
  readonly topP: number;
  /** With the same seed, prompt and options, the tokens are the same. @default random */
  readonly seed?: number;
  /** Limits prompt and generation together to fewer tokens than the engine's `contextSize`. */
  readonly contextLimit?: number;
  /**
   * Whether the caller waits for the first token however long the prompt takes to evaluate. If not, a prompt that would take too
   * long is refused. @default false
   */
  readonly patient?: boolean;
  /** When the caller began to wait, in ms since 1970. All limits on waiting count from then. @default now */
  readonly since?: number;
  /**
   * Until when the request may wait for the model to be loaded, in ms since 1970. An engine that knows it won't be ready by then
   * refuses at once. @default no limit
   */
  readonly deadline?: number;
  /**
   * The W3C trace context of the caller (`traceparent`, `tracestate`), as headers for a server behind the engine. An engine that generates
   * itself ignores them. @default none
   */
  readonly traceHeaders?: Readonly<Record<string, string>>;
  /** Called once the request has a sequence, by the queue in front of an engine ({@link withAdmission}). */
  readonly onAdmitted?: () => void;
  /** Ends the generation: after the batch that is being decoded, at the latest. */
  readonly signal?: AbortSignal;
  /** Whether the caller could take a token now. While it can't, it waits for a sequence behind those who can. @default always */
  readonly canTake?: () => boolean;
  /**
   * Called exactly once, when the engine no longer works on the request and its sequence is free. That may be later than the caller
   * left. If the request never got a sequence, it's called before `generate()` throws.
   */
  readonly onFree?: () => void;
}

/** Options of {@link Engine.countTokens}. */
export type CountTokensOptions = Pick<
  GenerateRequest,
  "images" | "chat" | "bos" | "since" | "deadline" | "traceHeaders" | "signal"
>;

/**
 * A running generation. Iterating yields each token once, as soon as it's decoded, and ends after the token with a stop reason.
 * `break` cancels. If the consumer doesn't ask for more, the sequence pauses after a few tokens.
 *
 * Iteration throws {@link EngineStoppedError} if the engine dies or is closed, {@link EngineTimeoutError} if the generation takes
 * too long, and `signal.reason` once aborted; each only after all earlier tokens were yielded.
 */
export interface Generation extends AsyncIterable<Token> {
  /** Tokens of the prompt, including the beginning-of-sequence token. */
  readonly promptTokens: number;
}

/** One decoded token. */
export interface Token {
  /** The token's id in the model's vocabulary; undefined if the engine can't tell. */
  readonly id: number | undefined;
  /**
   * The text that this token completed. It's "" for special tokens and for a token that ends inside a multi-byte character: the
   * whole character comes with the token that completes it.
   */
  readonly text: string;
  /** The written form of a special token, such as `<|eot_id|>` or `<|python_tag|>`. Absent for other tokens. */
  readonly special?: string;
  /**
   * `stop`: this is an end-of-sequence token. `length`: this is the last token allowed. null: more tokens follow.
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
      /** Why: one sentence for the user. */
      readonly reason: string;
    };
