import type { Logger } from "pino";

import type { LlamaModel } from "../bedrock/index.js";
import type { OnProgress } from "../store/index.js";
import type { Fleet } from "./fleet.js";

export interface LocalFleetOptions {
  /** A GGUF that answers for `as`, or stands in for all. @default none */
  readonly modelFile?: string | undefined;
  /** The model whose real weights the file has. @default none */
  readonly as?: LlamaModel | undefined;
  /** Generations at once, of each model. @default the engine's, or fewer where memory is short */
  readonly sequences?: number | undefined;
  /** Tokens a sequence holds. @default the engine's, or what the model was made for */
  readonly contextSize?: number | undefined;
  /** Compute threads. @default the engine's */
  readonly threads?: number | undefined;
  /** Memory that all models may take together, in bytes. @default MEMORY_SHARE of what this process may use */
  readonly memoryBudget?: number | undefined;
  /** Models to load from the start. @default what `as` names, else the stand-in where it alone can answer */
  readonly preload?: readonly LlamaModel[] | undefined;
  /** Whether a stand-in is refused. */
  readonly strict: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly logger: Logger;
}

/**
 * Prepares the engines that serve the models of this machine: finds out what there is. Whatever is missing, program files or the
 * default model, an engine fetches first, and says meanwhile that it isn't ready.
 *
 * Everything behind it is imported here, when it is called: a server with an engine of its own loads none of it.
 *
 * @returns what starts them
 * @throws {RegistryError} what was pulled and added can't be told.
 */
export async function prepareLocalFleet(options: LocalFleetOptions): Promise<() => Fleet> {
  const { prepare } = await import("./local-fleet.js");
  return prepare(options);
}
