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
  PromptTooLongError,
} from "../../engine/index.js";
import { until } from "../../platform/index.js";
import {
  type ChatTurn,
  chatTurns,
  conversePrompt,
  hasMoreMarkers,
  IMAGE_MARKER,
  promptTurns,
  readPrompt,
} from "../../prompt/index.js";
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
  readonly vision: PromptVision;
  readonly bos: BosRule;
  /** When the request began to wait for the engine, in ms since 1970. */
  readonly since: number;
  /** When the wait ends at the latest, in ms since 1970. */
  readonly deadline: number;
}

/** The images of a prompt, as an engine is given them; empty for none. */
export interface PromptVision {
  /** In the order in which the prompt has a marker for each. */
  readonly images?: readonly EngineImage[];
  /** The conversation that the prompt was written from. */
  readonly chat?: readonly ChatTurn[];
}

/**
 * Finds the engine that answers, leases it until the request is over, and renders its prompt. The requested model gets a prompt
 * verbatim, and messages in its family's format. A stand-in gets messages in its own chat template; a prompt is parsed into messages
 * first.
 *
 * @throws {BedrockException} the prompt hasn't a marker for each image.
 * @throws {PromptTooLongError} there are more messages, or markers in a prompt, than the context has tokens.
 * @throws {EngineBusyError} {@link EngineUnavailableError} there is too little memory for the engine, or the stand-in isn't loaded in
 * time.
 * @throws what {@link standInPrompt} throws.
 */
export async function enginePrompt(
  request: ServerRequest,
  services: Services,
  { model, input, raw }: PromptInput,
): Promise<EnginePrompt> {
  const { signal } = request;
  const { fleet, limits, templates, onStandIn } = services;
  // upstreams that are asked one after the other share the wait
  const since = (request.waitingSince ??= Date.now());
  const deadline = since + limits.startMs;
  const lease = await fleet.lease(model, deadline, signal);
  request.onEnd(lease.release);
  const { engine } = lease;
  if (!lease.standIn) {
    request.answersAs = lease.answersAs;
    request.emit({ type: "modelChosen", name: lease.answersAs ?? model.id, standIn: false });
    const prompt = "prompt" in input ? input.prompt : conversePrompt(model.family, input);
    return { engine, prompt, vision: visionFor(prompt, input), bos: bosRule(model), since, deadline };
  }
  const standIn = await waitForModel(engine, deadline, signal);
  onStandIn(standIn.name, model.id);
  request.standIn = standIn.name;
  request.emit({ type: "modelChosen", name: standIn.name, standIn: true });
  const asIs = raw && "prompt" in input ? input.prompt : undefined;
  const contextLimit = Math.min(standIn.contextSize, model.contextLength);
  const options = { templates, contextLimit, deadline, signal };
  const prompt = asIs ?? (await standInPrompt(chatOf(input, contextLimit), standIn, options));
  return { engine, prompt, vision: visionFor(prompt, input), bos: "model", since, deadline };
}

/**
 * The conversation of an input; one that is a prompt is read out of it.
 *
 * @param contextLimit - tokens that the context holds
 * @throws {PromptTooLongError} a prompt has more markers than the context has tokens.
 */
function chatOf(input: PromptOrChat, contextLimit: number): Chat {
  if (!("prompt" in input)) return input;
  const { prompt } = input;
  if (hasMoreMarkers(prompt, contextLimit)) throw new PromptTooLongError(contextLimit + 1, contextLimit);
  return { messages: readPrompt(prompt), tools: [] };
}

/** The most markers of a prompt with images, whichever they are: reading as many takes a tenth of a second. No conversation has had so many turns. */
const MAX_MARKERS = 100_000;

/**
 * The images of an input, in their order, and the conversation that they are in. An engine relies on a marker for each. A prompt can lack some, and a text can have
 * more than were written for its images.
 *
 * @param prompt - the input as it was rendered
 * @throws {BedrockException} the prompt has another number of markers.
 */
function visionFor(prompt: string, input: PromptOrChat): PromptVision {
  const native = "prompt" in input;
  const images = native ? input.images : imagesOf(input.messages);
  if (images.length === 0) return {};
  const isMarked =
    countMarkers(prompt, images.length + 1) === images.length && !hasMoreMarkers(prompt, MAX_MARKERS);
  const chat = isMarked ? (native ? promptTurns(input.prompt, images) : chatTurns(input)) : undefined;
  if (!chat) throw native ? imagesRefused() : modelRefusesImages();
  return { images, chat };
}

/** The number of image markers in a prompt. They aren't counted beyond `most`. */
function countMarkers(prompt: string, most: number): number {
  let count = 0;
  let at = prompt.indexOf(IMAGE_MARKER);
  for (; at >= 0 && count < most; count += 1) at = prompt.indexOf(IMAGE_MARKER, at + IMAGE_MARKER.length);
  return count;
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
