import type { BosRule, EngineModel, StopReason } from "../engine.js";

/** What the parent tells the engine process. */
export type ToChild =
  | ({ readonly type: "load" } & LoadOptions)
  | ({ readonly type: "generate"; readonly id: number } & GenerateParams)
  /** Answered by `ended` once the sequence is free. */
  | { readonly type: "abort"; readonly id: number }
  /** The reader is behind: decode no more until `resume`. */
  | { readonly type: "pause"; readonly id: number }
  | { readonly type: "resume"; readonly id: number }
  | { readonly type: "count"; readonly id: number; readonly prompt: string; readonly bos: BosRule }
  /** Answered by `alive`. */
  | { readonly type: "ping" };

export interface LoadOptions {
  /** Path of node-llama-cpp's main module. */
  readonly runtimeEntry: string;
  /** Path of its native addon. */
  readonly addonFile: string;
  readonly modelFile: string;
  readonly sequences: number;
  readonly contextSize: number;
  readonly threads: number;
  readonly gpu: Gpu | false;
}

export interface GenerateParams {
  readonly prompt: string;
  readonly bos: BosRule;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  /** null: the engine's own. JSON has no Infinity. */
  readonly contextLimit: number | null;
  /** Milliseconds that the prompt may take to be evaluated, by what is known beforehand. null: as long as it likes. */
  readonly prefillMs: number | null;
}

/** What llama.cpp knows of a model. */
export type LoadedModel = Omit<EngineModel, "chatTemplate">;

/** What the engine process tells its parent. */
export type FromChild =
  /** How much of the model is loaded, 0 … 1. */
  | { readonly type: "loading"; readonly share: number }
  | {
      readonly type: "ready";
      readonly model: LoadedModel;
      /** Bytes of the model's weights, of which some may still be on the disk. */
      readonly weightBytes: number;
      readonly residentBytes: number;
    }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "accepted"; readonly id: number; readonly promptTokens: number }
  | {
      readonly type: "refused";
      readonly id: number;
      readonly promptTokens: number;
      readonly contextLimit: number;
    }
  /** The prompt would take too long to evaluate. */
  | {
      readonly type: "too-slow";
      readonly id: number;
      readonly promptTokens: number;
      readonly estimateMs: number;
      readonly tokensPerSecond: number;
    }
  /** Everything one tick decoded. After a token with a stop reason its sequence is free. */
  | { readonly type: "tokens"; readonly tokens: readonly DecodedToken[] }
  /** The generation is over and its sequence free; `error` if it failed. */
  | { readonly type: "ended"; readonly id: number; readonly error?: string }
  | { readonly type: "counted"; readonly id: number; readonly tokens: number }
  | ({ readonly type: "alive" } & Alive)
  | { readonly type: "log"; readonly level: string; readonly message: string };

/** What the engine process says of itself. */
export interface Alive {
  /** Ticks it has finished. */
  readonly ticks: number;
  /** Whether it's in the middle of one. */
  readonly ticking: boolean;
  readonly residentBytes: number;
}

/** A tuple, since one is sent for every token; special tokens alone have the last member. */
export type DecodedToken = readonly [
  generation: number,
  tokenId: number,
  text: string,
  stopReason: StopReason | null,
  special?: string,
];

/** GPU interfaces node-llama-cpp has builds for. */
export type Gpu = "cuda" | "metal" | "vulkan";

const GPUS: readonly Gpu[] = ["cuda", "metal", "vulkan"];

/** The GPU interface a build is for, by its name: `linux-x64-cuda`; false for a build that runs on the CPU alone. */
export function gpuOfBuild(build: string): Gpu | false {
  return GPUS.find((gpu) => build.split("-").includes(gpu)) ?? false;
}
