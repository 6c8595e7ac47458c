import type { CriaServer } from "../server/index.js";

/** The model id that is asked for when none is given. */
export const DEFAULT_MODEL_ID = "meta.llama2-13b-chat-v1";

/**
 * Where the model is.
 *
 * - `"local"`: in this process. A server is started on a loopback port at the first call and shared by all later ones.
 * - `"aws"`: Amazon Bedrock, with the SDK's own credential chain and region.
 * - a URL: any endpoint that speaks the Bedrock Runtime API, with dummy credentials: real ones are neither read nor sent.
 * - a server that `serve()` gave.
 */
export type LlamaTarget =
  "local" | "aws" | `http://${string}` | `https://${string}` | URL | Pick<CriaServer, "url">;

/** One turn of a conversation. */
export interface LlamaMessage {
  /** Who speaks. */
  readonly role: "user" | "assistant";
  /** What is said. */
  readonly content: string;
}

/** What the model is asked: a text in its own format, or messages that are rendered in the format of the model id. */
export type LlamaInput =
  | {
      /** The whole prompt, special tokens included, such as `<s>[INST] Hello [/INST]`. */
      readonly prompt: string;
      /** Not beside `prompt`. */
      readonly messages?: never;
      /** Not beside `prompt`, which holds it. */
      readonly system?: never;
    }
  | {
      /** Turns in order, the user's first; a last turn of the assistant is continued. */
      readonly messages: readonly LlamaMessage[];
      /** How the model should behave. */
      readonly system?: string;
      /** Not beside `messages`. */
      readonly prompt?: never;
    };

/** Everything of a call but what the model is asked. */
export interface LlamaCallOptions {
  /** @default "local" */
  readonly on?: LlamaTarget;
  /** A Llama model id, inference profile id or ARN. @default "meta.llama2-13b-chat-v1" */
  readonly modelId?: string;
  /** Tokens to generate at most, 1 … 2048. @default 512, by Bedrock */
  readonly maxGenLen?: number;
  /** 0 … 1; 0 is greedy. @default 0.5, by Bedrock */
  readonly temperature?: number;
  /** Nucleus sampling, 0 … 1; 0 and 1 switch it off. @default 0.9, by Bedrock */
  readonly topP?: number;
  /** Same seed, same answer. Cria only: Bedrock has no seed, and `on: "aws"` refuses it. */
  readonly seed?: number;
  /**
   * Gives the prompt verbatim to a stand-in too, instead of in the stand-in's own chat format. No effect where the model
   * asked for answers itself, as on AWS. @default false
   */
  readonly raw?: boolean;
  /** The AWS region. @default the SDK's own choice on AWS; `us-east-1` elsewhere, where it means nothing */
  readonly region?: string;
  /** Ends the call; it then throws `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** A whole call: what the model is asked, and how. */
export type LlamaOptions = LlamaCallOptions & LlamaInput;
