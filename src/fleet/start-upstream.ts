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
      if (model.vision) onNotice(visionNotice(model, new URL(server.url).host, engine.capabilities.images));
    },
    // the engine has told it
    () => undefined,
  );
  return new UpstreamEngine(new URL(server.url).host, engine);
}

/** Whether a server gets requests with images, and what becomes of the prompt then. */
function visionNotice({ id }: LlamaModel, host: string, sees: boolean): string {
  return sees
    ? `Requests with images for ${id} go to the chat endpoint of ${host}, which writes their prompts in its own template.`
    : `${host} sees no images: it gets no requests for ${id} that have some.`;
}
