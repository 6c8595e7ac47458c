import type { LlamaModel, Message } from "../../bedrock/index.js";
import { type BosRule, type Engine, type EngineModel, EngineUnavailableError } from "../../engine/index.js";
import { until } from "../../platform/index.js";
import { promptFormats, readPrompt } from "../../prompt/index.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { standInPrompt } from "./stand-in.js";

/** A prompt in the model's own format, or messages for Bedrock to write in it. */
export type PromptOrMessages = string | readonly Message[];

/** What a request wants an engine to read. */
export interface PromptInput {
  readonly model: LlamaModel;
  readonly input: PromptOrMessages;
  /** Give a prompt verbatim to a stand-in too (header `x-cria-raw`). */
  readonly raw: boolean;
}

/** An engine, and what it's given. */
export interface EnginePrompt {
  readonly engine: Engine;
  readonly prompt: string;
  readonly bos: BosRule;
  /** Since when the request waits for the engine, in ms since 1970. */
  readonly since: number;
  /** Until when it may wait. */
  readonly deadline: number;
}

/**
 * Finds the engine that answers, keeps it until the request is over, and writes its prompt. Real weights get a prompt verbatim, and
 * messages in their family's format. A stand-in gets messages, also those read out of a prompt, in its own chat template.
 *
 * @throws {BedrockException} there are more messages than the context has tokens.
 * @throws {EngineBusyError} {@link EngineUnavailableError} there is no memory for the engine, or the stand-in isn't loaded in time.
 * @throws {ChatTemplateError} the stand-in's template can't be rendered with the messages.
 */
export async function enginePrompt(
  request: ServerRequest,
  services: Services,
  { model, input, raw }: PromptInput,
): Promise<EnginePrompt> {
  const { signal } = request;
  const { fleet, limits, onStandIn } = services;
  const since = Date.now();
  const deadline = since + limits.startMs;
  const lease = await fleet.lease(model, deadline, signal);
  request.onEnd(lease.release);
  const { engine } = lease;
  if (!lease.standIn) {
    request.emit({ type: "modelChosen", name: model.id, standIn: false });
    const prompt = typeof input === "string" ? input : promptFormats[model.family].render(input);
    return { engine, prompt, bos: bosRule(model), since, deadline };
  }
  const standIn = await waitForModel(engine, deadline, signal);
  onStandIn(standIn.name);
  request.standIn = standIn.name;
  request.emit({ type: "modelChosen", name: standIn.name, standIn: true });
  const prompt =
    raw && typeof input === "string"
      ? input
      : standInPrompt(typeof input === "string" ? readPrompt(input) : input, standIn, model.contextLength);
  return { engine, prompt, bos: "model", since, deadline };
}

/** Bedrock puts a beginning-of-sequence token in front of a Llama 2 prompt and of no other (computed from recordings). */
function bosRule({ family }: LlamaModel): BosRule {
  return family === "llama-2" ? "always" : "never";
}

/**
 * The model, once it's loaded.
 *
 * @param deadline - in ms since 1970
 * @throws {EngineUnavailableError} it isn't in time, or can't be.
 * @throws `signal.reason` once aborted.
 */
function waitForModel(engine: Engine, deadline: number, signal: AbortSignal): Promise<EngineModel> {
  return until(engine.model(), deadline, signal, () => {
    const health = engine.health();
    return new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true);
  });
}
