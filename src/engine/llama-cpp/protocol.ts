import type { BosRule, EngineModel, StopReason } from "../engine.js";

/** Messages from the parent to the engine process. */
export type ToChild =
  | ({ readonly type: "load" } & LoadOptions)
  | ({ readonly type: "generate"; readonly id: number } & GenerateParams)
  /** Prompts are expected to begin with this. */
  | { readonly type: "prepare"; readonly beginning: string }
  /** Answered with `ended` once the sequence is free. */
  | { readonly type: "abort"; readonly id: number }
  /** The reader is too slow: decode no more tokens until `resume`. */
  | { readonly type: "pause"; readonly id: number }
  | { readonly type: "resume"; readonly id: number }
  | { readonly type: "count"; readonly id: number; readonly prompt: string; readonly bos: BosRule }
  /** Answered with `alive`. */
  | { readonly type: "ping" }
  /** Load llama.cpp alone, and say what it computes on. Answered with `devices` or `failed`. */
  | ({ readonly type: "devices" } & BuildOptions);

/** A build of llama.cpp, and how it's to be used. */
export interface BuildOptions {
  /** Path of its native addon. */
  readonly addonFile: string;
  readonly gpu: Gpu | false;
  /** Use the first Vulkan device, whatever it is: llama.cpp leaves out those that the processor imitates. */
  readonly software?: boolean;
}

export interface LoadOptions extends BuildOptions {
  /** Path of node-llama-cpp's main module. */
  readonly runtimeEntry: string;
  readonly modelFile: string;
  readonly sequences: number;
  readonly contextSize: number;
  /** How many of the sequences hold half of `contextSize`, fewer than all. */
  readonly halfSequences: number;
  readonly kvCacheType: KvCacheType;
  readonly threads: number;
  /** Whether fewer threads compute while other programs need the CPUs. */
  readonly yieldThreads: boolean;
}

/** How keys and values are stored, by llama.cpp's names (its `--cache-type-k` and `--cache-type-v`). */
export type KvCacheType = "f16" | "q8_0";

export interface GenerateParams {
  /** A long one comes as tokens, the beginning-of-sequence token included. */
  readonly prompt: string | readonly number[];
  readonly bos: BosRule;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  /** null: only the engine's own limit. JSON has no Infinity. */
  readonly contextLimit: number | null;
  /** Milliseconds that evaluating the prompt may take, by estimate. null: no limit. */
  readonly prefillMs: number | null;
  /** Milliseconds that it may wait until a sequence is free that holds prompt and generation. null: no limit. */
  readonly sequenceMs: number | null;
}

/**
 * The longest text that the engine process tokenizes itself, in UTF-16 units; longer ones are left to the tokenizer's process. The running
 * generations wait meanwhile: 4 to 25 ms (measured). llama.cpp's pattern for Llama 4's vocabulary takes 400 bytes of stack for a character
 * of a run without a break (measured), and the main thread has 8 MB on Linux, macOS and Windows.
 */
export const MAX_SHORT_TEXT = 8_192;

/**
 * Stack of the thread in the tokenizer's process, in MiB. llama.cpp's pattern for Llama 4's vocabulary takes 400 bytes for each character of
 * a run without a break (measured with letters, spaces, line breaks, marks and others): enough for 1.3 million. A longer run ends the
 * process.
 */
export const TOKENIZER_STACK_MIB = 512;

/** What the tokenizer's process is asked. It loads the vocabulary with the first job. */
export interface TokenizeJob {
  /** Path of llama.cpp's native addon. */
  readonly addonFile: string;
  readonly modelFile: string;
  readonly text: string;
  readonly bos: BosRule;
  /** The tokens are wanted if there are at most so many; their number always. */
  readonly maxTokens: number;
}

/** The answer to a {@link TokenizeJob}. */
export type Tokenized =
  | { readonly count: number; readonly tokens?: Uint32Array }
  /** The vocabulary can't be loaded. */
  | { readonly failed: string };

/** What llama.cpp knows about a model. */
export type LoadedModel = Omit<EngineModel, "chatTemplate">;

/**
 * What couldn't be loaded: llama.cpp itself, which is the fault of the build or the machine; the model, which is its file's; the model for
 * lack of memory; or its KV cache, which can't be of the type that was asked for.
 */
export type LoadFailure = "engine" | "model" | "memory" | "kv-cache";

/** What a build computes on. */
export interface EngineDevices {
  /** The GPU API that is loaded; false: none. */
  readonly gpu: Gpu | false;
  /** The GPUs that it uses. */
  readonly names: readonly string[];
  /** Memory of these GPUs together, in bytes; on some it's part of the machine's. */
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** The processor's instruction sets that the build uses, such as `AVX2`. */
  readonly instructions: readonly string[];
}

/** Messages from the engine process to its parent. */
export type FromChild =
  /** llama.cpp is loaded; the model is next. */
  | { readonly type: "engine-loaded" }
  | { readonly type: "devices"; readonly devices: EngineDevices }
  /** The fraction of the model that is loaded, 0 … 1. */
  | { readonly type: "loading"; readonly share: number }
  | {
      readonly type: "ready";
      readonly model: LoadedModel;
      /** Bytes of the model's weights. Some may not have been read from disk yet. */
      readonly weightBytes: number;
      readonly residentBytes: number;
    }
  | { readonly type: "failed"; readonly what: LoadFailure; readonly message: string }
  | { readonly type: "accepted"; readonly id: number; readonly promptTokens: number }
  | {
      readonly type: "refused";
      readonly id: number;
      readonly promptTokens: number;
      readonly contextLimit: number;
    }
  /** No sequence that holds so many tokens came free in time. */
  | { readonly type: "busy"; readonly id: number; readonly tokens: number }
  /** The prompt would take too long to evaluate. */
  | {
      readonly type: "too-slow";
      readonly id: number;
      readonly promptTokens: number;
      readonly estimateMs: number;
      readonly tokensPerSecond: number;
    }
  /** All tokens that one tick decoded. A token with a stop reason also means that its sequence is free. */
  | { readonly type: "tokens"; readonly tokens: readonly DecodedToken[] }
  /** The generation has ended and its sequence is free. `error`: why it failed. */
  | { readonly type: "ended"; readonly id: number; readonly error?: string }
  | { readonly type: "counted"; readonly id: number; readonly tokens: number }
  | ({ readonly type: "alive" } & Alive)
  | { readonly type: "log"; readonly level: string; readonly message: string };

/** The state of the engine process. */
export interface Alive {
  /** Number of finished ticks. */
  readonly ticks: number;
  /** Whether a tick is running. */
  readonly ticking: boolean;
  readonly residentBytes: number;
}

/** A tuple, because one is sent for every token. Only special tokens have the last member. */
export type DecodedToken = readonly [
  generation: number,
  tokenId: number,
  text: string,
  stopReason: StopReason | null,
  special?: string,
];

/** The GPU APIs that node-llama-cpp has builds for. */
export type Gpu = "cuda" | "metal" | "vulkan";

const GPUS: readonly Gpu[] = ["cuda", "metal", "vulkan"];

/** The GPU API in a build's name, such as `cuda` in `linux-x64-cuda`; false for a CPU-only build. */
export function gpuOfBuild(build: string): Gpu | false {
  return GPUS.find((gpu) => build.split("-").includes(gpu)) ?? false;
}
