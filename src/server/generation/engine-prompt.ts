import {
  type Chat,
  type ImagePart,
  imagesOf,
  imagesRefused,
  type LlamaModel,
  modelRefusesImages,
} from "../../bedrock/index.js";
import {
  type BosRule,
  type Engine,
  type EngineImage,
  type EngineModel,
  EngineUnavailableError,
} from "../../engine/index.js";
import { until } from "../../platform/index.js";
import { conversePrompt, IMAGE_MARKER, readPrompt } from "../../prompt/index.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { standInPrompt } from "./stand-in.js";

/** A prompt in the model's own format, or a conversation that is still to be rendered in it. */
export type PromptOrChat = NativePrompt | Chat;

/** A prompt in the model's own format. */
export interface NativePrompt {
  readonly prompt: string;
  readonly images: readonly ImagePart[];
}

/** The input that a request has for an engine. */
export interface PromptInput {
  readonly model: LlamaModel;
  readonly input: PromptOrChat;
  /** Send a prompt verbatim to a stand-in too (header `x-cria-raw`). */
  readonly raw: boolean;
}

/** An engine and its prompt. */
export interface EnginePrompt {
  readonly engine: Engine;
  readonly prompt: string;
  /** In the order in which the prompt has a marker for each. */
  readonly images: readonly EngineImage[];
  readonly bos: BosRule;
  /** When the request began to wait for the engine, in ms since 1970. */
  readonly since: number;
  /** When the wait ends at the latest, in ms since 1970. */
  readonly deadline: number;
}

/**
 * Finds the engine that answers, leases it until the request is over, and renders its prompt. The requested model gets a prompt
 * verbatim, and messages in its family's format. A stand-in gets messages in its own chat template; a prompt is parsed into messages
 * first.
 *
 * @throws {BedrockException} the prompt hasn't a marker for each image.
 * @throws {PromptTooLongError} there are more messages than the context has tokens.
 * @throws {EngineBusyError} {@link EngineUnavailableError} there is too little memory for the engine, or the stand-in isn't loaded in
 * time.
 * @throws {ChatTemplateError} the stand-in's template can't render the messages.
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
    request.answersAs = lease.answersAs;
    request.emit({ type: "modelChosen", name: lease.answersAs ?? model.id, standIn: false });
    const prompt = "prompt" in input ? input.prompt : conversePrompt(model.family, input);
    return { engine, prompt, images: imagesFor(prompt, input), bos: bosRule(model), since, deadline };
  }
  const standIn = await waitForModel(engine, deadline, signal);
  onStandIn(standIn.name, model.id);
  request.standIn = standIn.name;
  request.emit({ type: "modelChosen", name: standIn.name, standIn: true });
  const prompt =
    raw && "prompt" in input ? input.prompt : standInPrompt(chatOf(input), standIn, model.contextLength);
  return { engine, prompt, images: imagesFor(prompt, input), bos: "model", since, deadline };
}

function chatOf(input: PromptOrChat): Chat {
  return "prompt" in input ? { messages: readPrompt(input.prompt), tools: [] } : input;
}

/**
 * The images of an input, in their order. An engine relies on a marker for each. A prompt can lack some, and a text can have more than
 * were written for its images.
 *
 * @param prompt - the input as it was rendered
 * @throws {BedrockException} the prompt has another number of markers.
 */
function imagesFor(prompt: string, input: PromptOrChat): readonly EngineImage[] {
  const native = "prompt" in input;
  const images = native ? input.images : imagesOf(input.messages);
  if (images.length > 0 && prompt.split(IMAGE_MARKER).length - 1 !== images.length) {
    throw native ? imagesRefused() : modelRefusesImages();
  }
  return images;
}

/** Bedrock adds a beginning-of-sequence token to Llama 2 prompts only (computed from recordings). */
function bosRule({ family }: LlamaModel): BosRule {
  return family === "llama-2" ? "always" : "never";
}

/**
 * Resolves to the model once it is loaded.
 *
 * @param deadline - in ms since 1970
 * @throws {EngineUnavailableError} the model can't be loaded, or not in time.
 * @throws `signal.reason` once aborted.
 */
function waitForModel(engine: Engine, deadline: number, signal: AbortSignal): Promise<EngineModel> {
  return until(engine.model(), deadline, signal, () => {
    const health = engine.health();
    return new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true);
  });
}
