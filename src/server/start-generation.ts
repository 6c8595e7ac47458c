import {
  BedrockException,
  invalidModelId,
  isAcceptSupported,
  isContentTypeSupported,
  parseModelId,
  parseNativeRequest,
  unsupportedAcceptType,
  unsupportedContentType,
  type LlamaModel,
  type NativeLlamaRequest,
} from "../bedrock/index.js";
import type { BosRule, Generation } from "../engine/index.js";
import type { ApiRequest } from "./api-request.js";
import { readCriaHeaders } from "./cria-headers.js";
import type { Services } from "./services.js";
import { standInPrompt, standInRefused } from "./stand-in.js";
import { waitForModel } from "./wait-for-model.js";

export interface StartedGeneration {
  readonly generation: Generation;
  /** The name of the stand-in that answers; undefined where the model asked for does. */
  readonly standIn: string | undefined;
}

/**
 * What InvokeModel and its streaming twin have in common: every check, in Bedrock's order, and the start of the generation.
 * The route was checked by the router.
 *
 * @param modelIdText - as in the path, decoded
 * @param acceptHeader - the header that carries the wanted type, in lower case
 */
export async function startGeneration(
  request: ApiRequest,
  services: Services,
  modelIdText: string,
  acceptHeader: string,
): Promise<StartedGeneration> {
  const { record } = request;
  record.modelId = modelIdText;
  // 1. credentials: accepted as they come
  // 2. model id, before the body is even read
  const parsed = parseModelId(modelIdText);
  if (!parsed) throw invalidModelId();
  const { model } = parsed;
  const isStandIn = services.as?.id !== model.id;
  if (isStandIn && services.strict) throw standInRefused(model);
  // 3. content type, and with it the other headers
  if (!isContentTypeSupported(request.header("content-type"))) throw unsupportedContentType();
  if (!isAcceptSupported(request.header(acceptHeader))) throw unsupportedAcceptType();
  const { raw, seed } = readCriaHeaders(request);
  // 4. JSON, 5. schema
  const native = parseNativeRequest(await request.body(), { vision: model.vision });
  refuseImages(native);
  // 6. throttling, 7. context length: both the engine's to say
  const answer = isStandIn
    ? await askStandIn(request, services, native.prompt, raw, model)
    : ({ prompt: native.prompt, bos: bosRule(model), name: undefined } as const);
  record.answeredBy = answer.name ?? model.id;
  record.standIn = isStandIn;
  const generation = await services.engine.generate({
    prompt: answer.prompt,
    bos: answer.bos,
    maxTokens: native.maxGenLen,
    temperature: native.temperature,
    topP: native.topP,
    ...(seed !== undefined && { seed }),
    contextLimit: model.contextLength,
    signal: request.signal,
  });
  record.promptTokens = generation.promptTokens;
  return { generation, standIn: answer.name };
}

async function askStandIn(
  { signal }: ApiRequest,
  { engine, limits, onStandIn }: Services,
  prompt: string,
  raw: boolean,
  asked: LlamaModel,
): Promise<{ prompt: string; bos: BosRule; name: string }> {
  const model = await waitForModel(engine, limits.modelWaitMs, signal);
  onStandIn(model.name);
  const text = raw ? prompt : standInPrompt(prompt, model, asked.contextLength);
  return { prompt: text, bos: "model", name: model.name };
}

/** Bedrock puts a beginning-of-sequence token in front of a Llama 2 prompt and of no other (computed from recordings). */
function bosRule({ family }: LlamaModel): BosRule {
  return family === "llama-2" ? "always" : "never";
}

function refuseImages({ images }: NativeLlamaRequest): void {
  if (images.length === 0) return;
  throw new BedrockException("ValidationException", "Cria's models read no images: leave `images` out.");
}
