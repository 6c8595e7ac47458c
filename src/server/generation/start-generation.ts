import type { LlamaModel } from "../../bedrock/index.js";
import type { Generation } from "../../engine/index.js";
import { readCriaHeaders } from "../cria-headers.js";
import { injectAt, withFaults } from "../faults/index.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { enginePrompt, type PromptOrMessages } from "./engine-prompt.js";

/** What an operation read out of its request, checked. */
export interface GenerationInput {
  readonly model: LlamaModel;
  readonly input: PromptOrMessages;
  /** Tokens to generate at most. */
  readonly maxTokens: number;
  /** 0 … 1; 0 is greedy. */
  readonly temperature: number;
  /** 0 … 1; 0 and 1 switch nucleus sampling off. */
  readonly topP: number;
}

/**
 * Makes the last checks, throttling and the length of the context, which are the engine's to decide, and starts the generation.
 *
 * @param patient - whether the caller is kept waiting for the first token, however long that takes
 * @throws {BedrockException} a header of Cria's own says something else than it can, or a fault was asked for.
 * @throws what {@link enginePrompt} and {@link Engine.generate} throw.
 */
export async function startGeneration(
  request: ServerRequest,
  services: Services,
  { model, input, maxTokens, temperature, topP }: GenerationInput,
  { patient = false }: { readonly patient?: boolean } = {},
): Promise<Generation> {
  const { raw, seed } = readCriaHeaders(request);
  // check: throttling
  injectAt(request, "throttling");
  const { engine, prompt, bos, since } = await enginePrompt(request, services, { model, input, raw });
  // check: context
  const generation = await engine.generate({
    prompt,
    bos,
    since,
    maxTokens,
    temperature,
    topP,
    ...(seed !== undefined && { seed }),
    contextLimit: model.contextLength,
    patient,
    signal: request.signal,
  });
  request.emit({ type: "promptCounted", tokens: generation.promptTokens });
  return withFaults(generation, request);
}
