import type { LlamaModel } from "../../bedrock/index.js";
import type { Generation } from "../../engine/index.js";
import type { ApiRequest } from "../api-request.js";
import { readCriaHeaders } from "../cria-headers.js";
import { strikeBefore, withFault } from "../faults/index.js";
import type { Services } from "../services.js";
import { type Asked, enginePrompt } from "./engine-prompt.js";

/** What an operation read out of its request, checked. */
export interface GenerationInput {
  readonly model: LlamaModel;
  readonly asked: Asked;
  /** Tokens to generate at most. */
  readonly maxTokens: number;
  /** 0 … 1; 0 is greedy. */
  readonly temperature: number;
  /** 0 … 1; 0 and 1 switch nucleus sampling off. */
  readonly topP: number;
}

export interface StartedGeneration {
  readonly generation: Generation;
  /** The name of the stand-in that answers; undefined where the model asked for does. */
  readonly standIn: string | undefined;
}

/**
 * The last two checks, throttling and context length, which are the engine's to say; and the start of the generation.
 *
 * @param patient - whether the caller is kept waiting for the first token, however long that takes
 */
export async function startGeneration(
  request: ApiRequest,
  services: Services,
  { model, asked, maxTokens, temperature, topP }: GenerationInput,
  { patient = false }: { readonly patient?: boolean } = {},
): Promise<StartedGeneration> {
  const { seed } = readCriaHeaders(request);
  strikeBefore(request, "throttling");
  const { engine, standIn, ...given } = await enginePrompt(request, services, model, asked);
  const generation = await engine.generate({
    ...given,
    maxTokens,
    temperature,
    topP,
    ...(seed !== undefined && { seed }),
    contextLimit: model.contextLength,
    patient,
    signal: request.signal,
  });
  request.record.promptTokens = generation.promptTokens;
  return { generation: withFault(generation, request), standIn };
}
