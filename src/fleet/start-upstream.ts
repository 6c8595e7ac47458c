import type { LlamaModel } from "../bedrock/index.js";
import { type CompletionsEngineOptions, createCompletionsEngine } from "../engine/index.js";
import { isLlama, UpstreamEngine } from "./upstream-engine.js";

/**
 * Connects to the server that answers for a model.
 *
 * @param onNotice - called with sentences for the user: the server is gone or back, or its model doesn't seem to be a Llama
 * @throws {TypeError} its URL isn't one.
 */
export function startUpstream(
  model: LlamaModel,
  server: CompletionsEngineOptions,
  onNotice: (sentence: string) => void,
): UpstreamEngine {
  const engine = createCompletionsEngine({ ...server, onNotice });
  engine.model().then(
    ({ name }) => {
      if (!isLlama(name)) onNotice(`${name} answers for ${model.id}, and its name isn't that of a Llama.`);
    },
    // the engine has told it
    () => undefined,
  );
  return new UpstreamEngine(new URL(server.url).host, engine);
}
