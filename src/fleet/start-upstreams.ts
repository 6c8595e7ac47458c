import type { LlamaModel } from "../bedrock/index.js";
import { type CompletionsEngineOptions, createCompletionsEngine, type Engine } from "../engine/index.js";
import { isLlama } from "./upstream-fleet.js";

/** The server that answers for a model. */
export interface ModelUpstream {
  readonly model: LlamaModel;
  readonly server: CompletionsEngineOptions;
}

/**
 * Connects to each model's server.
 *
 * @param onNotice - called with sentences for the user: a server is gone or back, or its model doesn't seem to be a Llama
 * @returns an engine for each model's id
 */
export function startUpstreams(
  upstreams: readonly ModelUpstream[],
  onNotice: (sentence: string) => void,
): ReadonlyMap<string, Engine> {
  return new Map(
    upstreams.map(({ model, server }) => {
      const engine = createCompletionsEngine({ ...server, onNotice });
      engine.model().then(
        ({ name }) => {
          if (!isLlama(name))
            onNotice(`${name} answers for ${model.id}, and its name isn't that of a Llama.`);
        },
        // the engine has told it
        () => undefined,
      );
      return [model.id, engine];
    }),
  );
}
