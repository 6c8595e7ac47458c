import {
  checkResponsePaths,
  type Conversation,
  conversationMessages,
  converseSettings,
  RequestReader,
  guardrailNotFound,
  type LlamaModel,
  type Message,
  notAChatModel,
  readConverseRequest,
} from "../../../bedrock/index.js";
import { findModel, type GenerationInput, partCapabilities } from "../../generation/index.js";
import type { ServerRequest } from "../../request.js";
import type { Services } from "../../services.js";

/** What Converse is asked. */
export interface ConverseInput extends GenerationInput {
  /** Texts that end the answer and aren't part of it. */
  readonly stopSequences: readonly string[];
  /** JSON pointers into the model's native response. */
  readonly responseFieldPaths: readonly string[];
}

/**
 * What Converse and its streaming twin are asked, checked in Bedrock's order. The checks of `startGeneration` follow.
 * The API has no content type of its own to check: the SDKs send JSON, and nothing else was ever seen to be refused.
 *
 * @throws {BedrockException}
 */
export async function readConverseInput(
  request: ServerRequest,
  services: Services,
  { streaming }: { readonly streaming: boolean },
): Promise<ConverseInput> {
  // check: model, before the body is even read (recorded)
  const model = await findModel(request, services);
  // check: json, check: schema: the types of members, then the API model's constraints
  const reader = new RequestReader();
  const asked = readConverseRequest(
    reader,
    reader.parse(await request.body()),
    partCapabilities(model, services.fleet),
  );
  reader.finish();
  // then what Converse wants of a conversation, and what the model can't do
  if (asked.guardrail) throw guardrailNotFound();
  const messages = chatMessages(model, asked, streaming);
  const { maxGenLen, temperature, topP } = converseSettings(asked.inferenceConfig, asked.additionalFields);
  checkResponsePaths(asked.responseFieldPaths);
  return {
    model,
    input: messages,
    maxTokens: maxGenLen,
    temperature,
    topP,
    stopSequences: asked.inferenceConfig.stopSequences,
    responseFieldPaths: asked.responseFieldPaths,
  };
}

/**
 * A conversation as the messages of a prompt.
 *
 * @throws {BedrockException} the model isn't one for conversations, or not for this one.
 */
export function chatMessages(
  model: LlamaModel,
  conversation: Conversation,
  streaming: boolean,
): readonly Message[] {
  if (model.kind === "base") throw notAChatModel();
  return conversationMessages(conversation, streaming);
}
