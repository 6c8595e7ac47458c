import type { LlamaModel } from "../bedrock/index.js";
import {
  type CompletionsEngineOptions,
  createCompletionsEngine,
  type Notify,
  type ServerFacts,
} from "../engine/index.js";
import { sentences } from "../platform/index.js";
import { limitsOf } from "./server-limits.js";
import { isLlama, UpstreamEngine } from "./upstream-engine.js";

/** Called with sentences for the user about upstreams. */
export interface UpstreamNotices {
  /** One is gone or back, has become another, or its model doesn't seem to be a Llama. */
  readonly onNotice: Notify;
  /** What a server can't do. It is said of each model that the server answers for, and should be told once. */
  readonly onFact: (sentence: string) => void;
}

/**
 * Connects to the server that answers for a model.
 *
 * @throws {TypeError} its URL isn't one.
 */
export function startUpstream(
  model: LlamaModel,
  server: CompletionsEngineOptions,
  { onNotice, onFact }: UpstreamNotices,
): UpstreamEngine {
  const { host } = new URL(server.url);
  const onServer = (now: ServerFacts, before: ServerFacts | undefined) => {
    if (before && (now.model !== before.model || now.dialect !== before.dialect))
      onNotice(replacedNotice(model, host, now, before), "warn");
    if (now.model !== before?.model && !isLlama(now.model))
      onNotice(`${now.model} answers for ${model.id}, and its name isn't that of a Llama.`, "warn");
    const { images } = now.capabilities;
    if (model.vision && images !== before?.capabilities.images)
      onNotice(visionNotice(model, host, images), "info");
    for (const limit of limitsOf(host, now)) onFact(limit);
  };
  const told: Notify = (sentence, level) => onNotice(sentences(`For ${model.id}: ${sentence}`), level);
  return new UpstreamEngine(host, createCompletionsEngine({ ...server, onNotice: told, onServer }));
}

/** What a server has become that was asked again. */
function replacedNotice({ id }: LlamaModel, host: string, now: ServerFacts, before: ServerFacts): string {
  return now.model === before.model
    ? `${host} is another server now, which answers for ${id}: ${now.dialect} instead of ${before.dialect}.`
    : `${host} has another model now, which answers for ${id}: ${now.model} instead of ${before.model}.`;
}

/** Whether a server gets requests with images, and what becomes of the prompt then. */
function visionNotice({ id }: LlamaModel, host: string, sees: boolean): string {
  return sees
    ? `Requests with images for ${id} go to the chat endpoint of ${host}, which writes their prompts in its own template.`
    : `${host} sees no images: it gets no requests for ${id} that have some.`;
}
