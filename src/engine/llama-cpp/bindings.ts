import type { Gpu } from "./gpu.js";

/**
 * The part of node-llama-cpp 3.22 that Cria uses, typed by hand: the package itself is installed at first use
 * (runtime.ts), since as a dependency it would bring 650 MB of GPU builds along. test/engine/llama-cpp.test.ts runs
 * against the real one.
 */
export interface NodeLlamaCpp {
  readonly getLlama: (options: {
    /** False: the CPU alone. Otherwise the installed build has to be for it. */
    gpu: Gpu | false;
    /** `never`: nothing is compiled on the user's machine. */
    build: "never";
    skipDownload: true;
    progressLogs: false;
    logLevel: string;
    logger: (level: string, message: string) => void;
    maxThreads: number;
  }) => Promise<Llama>;
  readonly LlamaLogLevel: { readonly warn: string };
}

export interface Llama {
  loadModel(options: {
    modelPath: string;
    /** Called with 0 … 1. */
    onLoadProgress: (share: number) => void;
  }): Promise<LlamaModel>;
}

/** A token's id in the model's vocabulary. */
export type TokenId = number;

export interface LlamaModel {
  readonly trainContextSize: number;
  /** Bytes of the weights. */
  readonly size: number;
  readonly tokens: {
    readonly bos: TokenId | null;
    readonly eos: TokenId | null;
    readonly bosString: string | null;
    readonly eosString: string | null;
    readonly shouldPrependBosToken: boolean;
  };
  readonly fileInfo: {
    readonly metadata: {
      readonly general?: { readonly name?: string };
      readonly tokenizer?: { readonly chat_template?: string };
    };
  };
  /** Internal: the addon's own model. */
  readonly _model: AddonModel;
  /** Internal. */
  readonly _llama: { readonly _bindings: { readonly AddonSampler: new (model: AddonModel) => AddonSampler } };
  createContext(options: {
    sequences: number;
    contextSize: number;
    /** Tokens of a batch at most. */
    batchSize: number;
    threads: number;
  }): Promise<LlamaContext>;
  tokenize(text: string, specialTokens: boolean): TokenId[];
  detokenize(tokens: readonly TokenId[], specialTokens: boolean, lastTokens: readonly TokenId[]): string;
  isEogToken(token: TokenId): boolean;
}

/** The addon's model; it's passed on, no more. */
export type AddonModel = object;

/**
 * Of the context only the addon's own is used, which is internal to node-llama-cpp: its public `LlamaContextSequence.evaluate` puts
 * 0.3 ms of locks and promises between two tokens, and always has the whole vocabulary sorted before top-p
 * (docs/decisions/0008-the-addon-itself.md). The package's version is pinned, and the tests run against it.
 */
export interface LlamaContext {
  readonly _ctx: AddonContext;
}

/** llama.cpp's context. All but `decodeBatch` and `sampleToken` must not be called while one of these two runs. */
export interface AddonContext {
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
