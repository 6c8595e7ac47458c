import type { CriaServer } from "../server/index.js";

/** The model id used if none is given. */
export const DEFAULT_MODEL_ID = "meta.llama2-13b-chat-v1";

/**
 * Where the model runs.
 *
 * - `"local"`: on this machine. The first call starts a server in this process, on a loopback port; later calls share it.
 * - `"aws"`: on Amazon Bedrock, with the SDK's own credential chain and region.
 * - a URL: any endpoint with the Bedrock Runtime API. It gets dummy credentials; real ones are neither read nor sent.
 * - a server that `serve()` returned.
 */
export type LlamaTarget =
  "local" | "aws" | `http://${string}` | `https://${string}` | URL | Pick<CriaServer, "url">;

/** One turn of a conversation. */
export interface LlamaMessage {
  /** The speaker. */
  readonly role: "user" | "assistant";
  /** The text. */
  readonly content: string;
}

/** The input of the model: a prompt in its own format, or messages that are rendered in the model's format. */
export type LlamaInput =
  | {
      /** The whole prompt with its special tokens, such as `<s>[INST] Hello [/INST]`. */
      readonly prompt: string;
      /** Not allowed with `prompt`. */
      readonly messages?: never;
      /** Not allowed with `prompt`: write it into the prompt. */
      readonly system?: never;
    }
  | {
      /** The turns in order, starting with the user's; if the last turn is the assistant's, the model continues it. */
      readonly messages: readonly LlamaMessage[];
      /** The system prompt. */
      readonly system?: string;
      /** Not allowed with `messages`. */
      readonly prompt?: never;
    };

/** The options of a call, without its input. */
export interface LlamaCallOptions {
  /** @default "local" */
  readonly on?: LlamaTarget;
  /** A Llama model id, inference profile id or ARN. @default "meta.llama2-13b-chat-v1" */
  readonly modelId?: string;
  /** Maximum number of tokens to generate, 1 … 2048. @default 512, by Bedrock */
  readonly maxGenLen?: number;
  /** 0 … 1; 0 is greedy. @default 0.5, by Bedrock */
  readonly temperature?: number;
  /** Nucleus sampling, 0 … 1; 0 and 1 switch it off. @default 0.9, by Bedrock */
  readonly topP?: number;
  /** The sampling seed; the same seed gives the same answer. Cria only: Bedrock has no seed, so `on: "aws"` throws. */
  readonly seed?: number;
  /**
   * Sends the prompt verbatim to a stand-in too, instead of in the stand-in's own chat format. No effect if the requested model answers
   * itself, as on AWS. @default false
   */
  readonly raw?: boolean;
  /** The AWS region. @default the SDK's own choice on AWS; `us-east-1` elsewhere, where it has no effect */
  readonly region?: string;
  /** Aborts the call, which then throws `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** The options of a call, with its input. */
export type LlamaOptions = LlamaCallOptions & LlamaInput;
