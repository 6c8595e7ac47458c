import type { LlamaModel } from "../../bedrock/index.js";
import type { Generation } from "../../engine/index.js";
import { readCriaHeaders } from "../cria-headers.js";
import { injectAt, withFaults } from "../faults/index.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { enginePrompt, type PromptOrChat } from "./engine-prompt.js";
import { inBedrocksWords } from "./refused-images.js";

/** The checked input of a generation. */
export interface GenerationInput {
  readonly model: LlamaModel;
  readonly input: PromptOrChat;
  /** Maximum number of tokens to generate. */
  readonly maxTokens: number;
  /** The same for a stand-in. @default `maxTokens` */
  readonly standInMaxTokens?: number;
  /** 0 … 1; 0 is greedy. */
  readonly temperature: number;
  /** 0 … 1; 0 and 1 switch nucleus sampling off. */
  readonly topP: number;
}

/**
 * Starts the generation. The last two checks, throttling and context length, depend on the engine and happen here.
 *
 * @param patient - whether the wait for the first token is unlimited, because the stream is kept alive meanwhile
 * @throws {BedrockException} one of Cria's own headers is invalid, or a fault is injected.
 * @throws what {@link enginePrompt} and {@link Engine.generate} throw.
 */
export async function startGeneration(
  request: ServerRequest,
  services: Services,
  { model, input, maxTokens, standInMaxTokens = maxTokens, temperature, topP }: GenerationInput,
  { patient = false }: { readonly patient?: boolean } = {},
): Promise<Generation> {
  const { traceHeaders } = request;
  const { raw, seed } = readCriaHeaders(request);
  request.emit({ type: "generationAsked", maxTokens, temperature, topP });
  // check: throttling
  injectAt(request, "throttling");
  const { engine, prompt, vision, bos, since } = await enginePrompt(request, services, { model, input, raw });
  request.isSequenceWanted = () => engine.isWanted ?? false;
  const askedAt = performance.now();
  // check: context
  const started = engine.generate({
    prompt,
    ...vision,
    bos,
    since,
    maxTokens: request.standIn === undefined ? maxTokens : standInMaxTokens,
    temperature,
    topP,
    ...(seed !== undefined && { seed }),
    contextLimit: model.contextLength,
    patient,
    ...(traceHeaders && { traceHeaders }),
    signal: request.signal,
    onAdmitted: () => request.emit({ type: "admitted", waitMs: performance.now() - askedAt }),
    canTake: () => request.canTake,
    onFree: () => (request.isSequenceWanted = () => false),
  });
  const generation = await started.catch((error: unknown) => {
    throw inBedrocksWords(error, input);
  });
  request.isGenerating = true;
  request.emit({ type: "promptCounted", tokens: generation.promptTokens });
  return withFaults(generation, request);
}
