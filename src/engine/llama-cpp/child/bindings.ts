import type { Gpu } from "../protocol.js";

/*
 * What Cria uses of node-llama-cpp 3.22, typed by hand: it's installed at first use (runtime.ts), since as a dependency it would bring
 * 650 MB of GPU builds along. Most of it is the native addon itself, which is internal to it: see
 * docs/decisions/0008-the-addon-itself.md. The version is pinned, and the tests run against it.
 */

/** A token's id in the model's vocabulary. */
export type TokenId = number;

/** The native addon: llama.cpp for one build. */
export interface Addon {
  /** To be called before anything else. */
  markLoaded(): boolean;
  /** Its lines come a bit later than what they tell of. */
  setLogger(logger: (level: number, message: string) => void): void;
  /** Nothing above this level is logged. */
  setLoggerLogLevel(level: number): void;
  /** Loads the code for this processor from the build's folder. */
  loadBackends(folder: string): void;
  init(): Promise<void>;
  readonly AddonModel: new (path: string, options: AddonModelOptions) => AddonModel;
  readonly AddonContext: new (model: AddonModel, options: ContextOptions) => AddonContext;
  readonly AddonSampler: new (model: AddonModel) => AddonSampler;
}

export interface AddonModelOptions {
  readonly addonExports: Addon;
  readonly gpuLayers: number;
  /** Maps the file instead of reading it all. */
  readonly useMmap: boolean;
  readonly checkTensors: boolean;
  /** Called with 0 … 1. */
  readonly onLoadProgress: (share: number) => void;
}

export interface ContextOptions {
  readonly sequences: number;
  /** Tokens that each sequence holds. */
  readonly contextSize: number;
  /** Tokens of a batch at most. */
  readonly batchSize: number;
  /** `auto`: where the backend has it. */
  readonly flashAttention: string;
  readonly threads: number;
}

/** Those of llama.h's `enum llama_token_attr` whose tokens have no text of their own (`llama_token_to_piece`). */
export const TOKEN_ATTRIBUTE = { unknown: 1, control: 8 } as const;

export interface AddonModel {
  /** Loads it. @returns false where it can't be; the log has the reason */
  init(): Promise<boolean>;
  getTrainContextSize(): number;
  /** Bytes of the weights. */
  getModelSize(): number;
  /** -1: it has none. */
  tokenBos(): TokenId;
  /** -1: it has none. */
  tokenEos(): TokenId;
  getTokenString(token: TokenId): string;
  shouldPrependBosToken(): boolean;
  isEogToken(token: TokenId): boolean;
  /** Bits of {@link TOKEN_ATTRIBUTE}. */
  getTokenAttributes(token: TokenId): number;
  tokenize(text: string, specialTokens: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, specialTokens: boolean): string;
}

/** llama.cpp's context. All but `decodeBatch` and `sampleToken` must not be called while one of these two runs. */
export interface AddonContext {
  /** Makes it. @returns false where there is no memory for it, for example */
  init(): Promise<boolean>;
  /** Begins a batch for exactly so many tokens. */
  initBatch(tokens: number): void;
  /**
   * Adds tokens of a sequence.
   *
   * @param position - of the first one in the sequence
   * @param logitIndexes - which of the tokens get logits
   * @returns what {@link AddonContext.sampleToken} calls these
   */
  addToBatch(
    sequence: number,
    position: number,
    tokens: Uint32Array,
    logitIndexes: Uint32Array,
  ): ArrayLike<number>;
  /** `llama_decode`, on libuv's pool. */
  decodeBatch(): Promise<void>;
  /** -1: there was nothing to choose from. */
  sampleToken(logitIndex: number, sampler: AddonSampler): Promise<TokenId>;
  /**
   * `llama_memory_seq_rm`.
   *
   * @param end - -1: to the end
   * @returns false where the model can't forget a part
   */
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** The first position that the KV cache still has; -1 for an empty one. */
  getSequenceKvCacheMinPosition(sequence: number): number;
}

/** llama.cpp's sampler chain. */
export interface AddonSampler {
  applyConfig(config: {
    readonly temperature: number;
    readonly minP: number;
    /** Left out: the sampler isn't in the chain. There is none for top-k at all: it would sort the vocabulary. */
    readonly topP?: number;
    readonly seed: number;
  }): void;
}

/** The package's own way to load a model, which shares it out between a GPU's memory and the machine's. */
export interface NodeLlamaCpp {
  readonly getLlama: (options: {
    /** The installed build has to be for it. */
    gpu: Gpu;
    /** `never`: nothing is compiled on the user's machine. */
    build: "never";
    skipDownload: true;
    progressLogs: false;
    logLevel: string;
    logger: (level: string, message: string) => void;
    maxThreads: number;
  }) => Promise<{
    readonly _bindings: Addon;
    loadModel(options: {
      modelPath: string;
      /** Called with 0 … 1. */
      onLoadProgress: (share: number) => void;
    }): Promise<{
      readonly _model: AddonModel;
      createContext(options: ContextOptions): Promise<{ readonly _ctx: AddonContext }>;
    }>;
  }>;
  readonly LlamaLogLevel: { readonly warn: string };
}
