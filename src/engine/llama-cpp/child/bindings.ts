import type { Gpu } from "../protocol.js";

/*
 * The parts of node-llama-cpp 3.21 that Cria uses, typed by hand. It's installed at first use (install/): as a dependency it
 * would bring 650 MB of GPU builds. Most of these types describe its native addon, which is internal to it: see
 * docs/decisions/0008-the-addon-itself.md. The version is pinned, and the tests run against it.
 */

/** The id of a token in the model's vocabulary. */
export type TokenId = number;

/** The native addon, which contains llama.cpp. */
export interface Addon {
  /** Must be called before anything else. */
  markLoaded(): boolean;
  /** Log lines arrive slightly later than the events that they describe. */
  setLogger(logger: (level: number, message: string) => void): void;
  /** Lines above this level aren't logged. */
  setLoggerLogLevel(level: number): void;
  /** Loads the backend for this processor from the build's folder. */
  loadBackends(folder: string): void;
  init(): Promise<void>;
  /** The GPU API whose backend is loaded, even if it found no device; false: only those for the processor. */
  getGpuType(): Gpu | false | undefined;
  /** The GPUs that llama.cpp will use. */
  getGpuDeviceInfo(): { readonly deviceNames: readonly string[] };
  /** Memory of these GPUs, in bytes. */
  getGpuVramInfo(): { readonly total: number; readonly used: number };
  /** Such as `CPU : SSE3 = 1 | AVX2 = 1 | `. */
  systemInfo(): string;
  /** Sets a variable for native code: on Windows that doesn't see the changes of Node's `process.env`. */
  setEnv(name: string, value: string): boolean;
  readonly AddonModel: new (path: string, options: AddonModelOptions) => AddonModel;
  readonly AddonContext: new (model: AddonModel, options: ContextOptions) => AddonContext;
  readonly AddonSampler: new (model: AddonModel) => AddonSampler;
}

export interface AddonModelOptions {
  readonly addonExports: Addon;
  readonly gpuLayers: number;
  /** Load the vocabulary alone. @default false */
  readonly vocabOnly?: boolean;
  /** Maps the file into memory instead of reading it. */
  readonly useMmap: boolean;
  readonly checkTensors: boolean;
  /** Called with a fraction, 0 … 1. */
  readonly onLoadProgress: (share: number) => void;
}

export interface ContextOptions {
  readonly sequences: number;
  /** Tokens per sequence. */
  readonly contextSize: number;
  /** Maximum number of tokens in a batch. */
  readonly batchSize: number;
  /** `auto`: if the backend supports it. */
  readonly flashAttention: string;
  readonly threads: number;
  /** ggml's number of the type ({@link GGML_TYPE}). Values in q8_0 need flash attention, and llama.cpp then turns it on. */
  readonly kvCacheKeyType: number;
  readonly kvCacheValueType: number;
}

/** Of ggml.h's `enum ggml_type`. */
export const GGML_TYPE = { f16: 1, q8_0: 8 } as const;

/** The bits of llama.h's `enum llama_token_attr` that mark special tokens: `llama_token_to_piece` gives them no text. */
export const TOKEN_ATTRIBUTE = { unknown: 1, control: 8 } as const;

export interface AddonModel {
  /** Loads the model. @returns false if it can't; the log has the reason */
  init(): Promise<boolean>;
  getTrainContextSize(): number;
  /** Size of the weights in bytes. */
  getModelSize(): number;
  /** -1: the model has none. */
  tokenBos(): TokenId;
  /** -1: the model has none. */
  tokenEos(): TokenId;
  getTokenString(token: TokenId): string;
  shouldPrependBosToken(): boolean;
  isEogToken(token: TokenId): boolean;
  /** Bits of {@link TOKEN_ATTRIBUTE}. */
  getTokenAttributes(token: TokenId): number;
  tokenize(text: string, specialTokens: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, specialTokens: boolean): string;
}

/** llama.cpp's context. While `decodeBatch` or `sampleToken` runs, no other method may be called. */
export interface AddonContext {
  /** Creates the context. @returns false if it can't, for example for lack of memory */
  init(): Promise<boolean>;
  /** The number of threads for all batches that follow, prompts too. */
  setThreads(threads: number): void;
  /** Begins a batch of exactly this many tokens. */
  initBatch(tokens: number): void;
  /**
   * Adds tokens of a sequence.
   *
   * @param position - position of the first one in the sequence
   * @param logitIndexes - the tokens that get logits
   * @returns their indexes for {@link AddonContext.sampleToken}
   */
  addToBatch(
    sequence: number,
    position: number,
    tokens: Uint32Array,
    logitIndexes: Uint32Array,
  ): ArrayLike<number>;
  /** `llama_decode`, on libuv's thread pool. */
  decodeBatch(): Promise<void>;
  /** Resolves with -1 if there is nothing to choose from. */
  sampleToken(logitIndex: number, sampler: AddonSampler): Promise<TokenId>;
  /**
   * The token, and the candidates that the chain left: token, probability, token, probability, …, the most probable first. Without
   * candidates there is nothing to choose from.
   */
  sampleToken(
    logitIndex: number,
    sampler: AddonSampler,
    candidates: true,
  ): Promise<readonly [token: TokenId, candidates?: readonly number[]]>;
  /**
   * `llama_memory_seq_rm`.
   *
   * @param end - -1: to the end
   * @returns false if the model can't remove a part
   */
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** The first position in the KV cache; -1 if it's empty. */
  getSequenceKvCacheMinPosition(sequence: number): number;
}

/** llama.cpp's sampler chain. */
export interface AddonSampler {
  applyConfig(config: {
    readonly temperature: number;
    readonly minP: number;
    /** Absent: no top-p sampler in the chain. There is never one for top-k: it would sort the vocabulary. */
    readonly topP?: number;
    readonly seed: number;
  }): void;
}

/** The package's own way to load a model, which splits it between the GPU's memory and the machine's. */
export interface NodeLlamaCpp {
  readonly getLlama: (options: {
    /** The installed build must support it. */
    gpu: Gpu;
    /** `never`: don't compile anything on the user's machine. */
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
      /** Called with a fraction, 0 … 1. */
      onLoadProgress: (share: number) => void;
    }): Promise<{
      readonly _model: AddonModel;
      /** With its own names for the types of keys and values. */
      createContext(
        options: Omit<ContextOptions, "kvCacheKeyType" | "kvCacheValueType"> & {
          readonly experimentalKvCacheKeyType: number;
          readonly experimentalKvCacheValueType: number;
        },
      ): Promise<{ readonly _ctx: AddonContext }>;
    }>;
  }>;
  readonly LlamaLogLevel: { readonly warn: string };
}
