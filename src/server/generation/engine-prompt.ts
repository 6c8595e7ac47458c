import type { LlamaModel, Message } from "../../bedrock/index.js";
import {
  type BosRule,
  type Engine,
  type EngineModel,
  EngineUnavailableError,
  until,
} from "../../engine/index.js";
import { promptFormats, readPrompt } from "../../prompt/index.js";
import type { ApiRequest } from "../api-request.js";
import { readCriaHeaders } from "../cria-headers.js";
import type { Services } from "../services.js";
import { standInPrompt } from "./stand-in.js";

/** What a request asks: a prompt in the model's own format, or messages for Bedrock to write in it. */
export type Asked = string | readonly Message[];

/** What an engine is given, and which. */
export interface EnginePrompt {
  readonly engine: Engine;
  readonly prompt: string;
  readonly bos: BosRule;
  /** The name of the stand-in that answers; undefined where the model asked for does. */
  readonly standIn: string | undefined;
  /** Since when the request waits for the engine, in ms since 1970. */
  readonly since: number;
}

/**
 * Finds the engine that answers, kept until the request is over, and writes what was asked for it. Real weights get a prompt verbatim, and messages in their family's
 * format; a stand-in gets the messages, also those read out of a prompt, in its own chat template.
 *
 * @throws {BedrockException} the header `x-cria-raw` says something else than it can, or the messages exceed the context.
 * @throws {EngineBusyError} {@link EngineUnavailableError} there is no memory for the engine, or the stand-in isn't loaded in time.
 * @throws {ChatTemplateError} the stand-in's template can't be rendered with the messages.
 */
export async function enginePrompt(
  request: ApiRequest,
  services: Services,
  model: LlamaModel,
  asked: Asked,
): Promise<EnginePrompt> {
  const { record, signal } = request;
  const { engines, limits, onStandIn } = services;
  const since = Date.now();
  const deadline = since + limits.startMs;
  const lease = await engines.lease(model, deadline, signal);
  request.onEnd(lease.release);
  const { engine } = lease;
  if (!lease.standIn) {
    record.answeredBy = model.id;
    record.standIn = false;
    const prompt = typeof asked === "string" ? asked : promptFormats[model.family].render(asked);
    return { engine, prompt, bos: bosRule(model), standIn: undefined, since };
  }
  const { raw } = readCriaHeaders(request);
  const standIn = await waitForModel(engine, deadline, signal);
  onStandIn(standIn.name);
  record.answeredBy = standIn.name;
  record.standIn = true;
  const verbatim = raw && typeof asked === "string";
  const messages = typeof asked === "string" ? () => readPrompt(asked) : () => asked;
  const prompt = verbatim ? asked : standInPrompt(messages(), standIn, model.contextLength);
  return { engine, prompt, bos: "model", standIn: standIn.name, since };
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
export function waitForModel(engine: Engine, deadline: number, signal: AbortSignal): Promise<EngineModel> {
  return until(engine.model(), deadline, signal, () => {
    const health = engine.health();
    return new EngineUnavailableError(health.ready ? "The model is being loaded." : health.reason, true);
  });
}
