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
  createContext(options: { sequences: number; contextSize: number; threads: number }): Promise<LlamaContext>;
  tokenize(text: string, specialTokens: boolean): TokenId[];
  detokenize(tokens: readonly TokenId[], specialTokens: boolean, lastTokens: readonly TokenId[]): string;
  isEogToken(token: TokenId): boolean;
}

export interface LlamaContext {
  getSequence(): LlamaContextSequence;
}

export interface LlamaContextSequence {
  /** Tokens in the KV cache. */
  readonly nextTokenIndex: number;
  compareContextTokens(tokens: readonly TokenId[]): { readonly firstDifferentIndex: number };
  adaptStateToTokens(tokens: readonly TokenId[], allowShift: boolean): Promise<void>;
  clearHistory(): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly TokenId[]): Promise<void>;
  evaluate(tokens: readonly TokenId[], options: EvaluateOptions): AsyncGenerator<TokenId, void, undefined>;
}

export interface EvaluateOptions {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly seed: number;
  readonly yieldEogToken: boolean;
}
