import type { Logger } from "pino";

import type { RandomSource } from "../bedrock/index.js";
import type { Engine } from "../engine/index.js";
import type { OnProgress } from "../store/index.js";
import type { AuthMode } from "./access/index.js";
import type { FaultPlan, Fault } from "./faults/index.js";
import type { ServerLimits } from "./limits.js";
import type { TlsOptions } from "./reach/index.js";

/** What {@link serve} takes. */
export interface ServeOptions {
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** Port to listen on; 0 takes any free one. @default 0 */
  readonly port?: number | undefined;
  /**
   * Who may call: anyone, or only those who prove a key, by signature or API key.
   * @default "none" where only this machine reaches `host`, else "keys"
   */
  readonly auth?: AuthMode | undefined;
  /** The file that the keys are in, beside those in the environment. @default keys.json in Cria's folder */
  readonly keysFile?: string | undefined;
  /**
   * Speak TLS too, on the same port: with this certificate and key, in PEM, or with one of Cria's own, which is made once, for
   * `localhost`, the loopback addresses and `host`, and kept in Cria's folder.
   * @default plain HTTP only
   */
  readonly tls?: TlsOptions | undefined;

  /** What answers; it stays its owner's to close. @default the local model, which the server closes with itself */
  readonly engine?: Engine | undefined;
  /**
   * A GGUF to answer with: for the model that `as` names, and for all that have no weights of their own here.
   * @default the catalogue's default model, fetched at first use
   */
  readonly modelFile?: string | undefined;
  /** Which Bedrock model the weights of `engine` or `modelFile` are, by any form of its id. @default none: they stand in */
  readonly as?: string | undefined;
  /** Refuse requests that only a stand-in could answer. @default false */
  readonly strict?: boolean | undefined;
  /** Memory that all local models may take together, in bytes, by estimate. @default three quarters of what this process may use */
  readonly memoryBudget?: number | undefined;
  /**
   * Models to load from the start, by any form of their ids; all others are loaded when they are first needed.
   * @default the model that `as` names, else the stand-in where it alone can answer
   */
  readonly preload?: readonly string[] | undefined;
  /** Generations that each local model runs at once. @default 4, or fewer where memory is short */
  readonly sequences?: number | undefined;
  /** Tokens each of them holds. @default 8192, or what the model was made for */
  readonly contextSize?: number | undefined;
  /** Threads the local model computes with. @default as many as run in parallel */
  readonly threads?: number | undefined;

  /** Where what happens is logged, one line a request. @default nowhere */
  readonly logger?: Logger | undefined;
  /** Told how far the fetching of engine and model is. */
  readonly onProgress?: OnProgress | undefined;
  /** Told the name of the model, once, when it first answers in place of another. */
  readonly onStandIn?: ((name: string) => void) | undefined;
  /** Gives up making the model ready: {@link CriaServer.ready} then throws `signal.reason`. No effect afterwards. */
  readonly signal?: AbortSignal | undefined;
  /** Where the length of each frame's padding comes from; false for frames without. @default Math.random */
  readonly padding?: RandomSource | false | undefined;
  /** What is to go wrong, for tests of programs; a plan can be changed while the server runs. @default nothing */
  readonly faults?: readonly Fault[] | FaultPlan | undefined;
  /** Other bounds than the usual. */
  readonly limits?: Partial<ServerLimits> | undefined;
}
