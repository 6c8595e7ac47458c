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
  TEXT_ONLY,
} from "../../../bedrock/index.js";
import type { ApiRequest } from "../../api-request.js";
import { findModel, type GenerationInput } from "../../generation/index.js";
import type { Services } from "../../services.js";

/** What Converse is asked. */
export interface ConverseInput extends GenerationInput {
  /** Texts that end the answer and aren't part of it. */
  readonly stopSequences: readonly string[];
  /** JSON pointers into the model's native response. */
  readonly responseFieldPaths: readonly string[];
}

/**
 * What Converse and its streaming twin are asked, checked in Bedrock's order. The checks of {@link startGeneration} follow.
 * The API has no content type of its own to check: the SDKs send JSON, and nothing else was ever seen to be refused.
 *
 * @param modelIdText - as in the path, decoded
 * @throws {BedrockException}
 */
export async function readConverseInput(
  request: ApiRequest,
  services: Services,
  modelIdText: string,
  { streaming }: { readonly streaming: boolean },
): Promise<ConverseInput> {
  // 3. model id, before the body is even read (recorded)
  const model = await findModel(request, services, modelIdText);
  // 4. JSON and the types of members, 5. the API model's constraints
  const reader = new RequestReader();
  const asked = readConverseRequest(reader, reader.parse(await request.body()), TEXT_ONLY);
  reader.finish();
  // 6. what Converse wants of a conversation, and what the model can't do
  if (asked.guardrail) throw guardrailNotFound();
  const messages = chatMessages(model, asked, streaming);
  const { maxGenLen, temperature, topP } = converseSettings(asked.inferenceConfig, asked.additionalFields);
  checkResponsePaths(asked.responseFieldPaths);
  return {
    model,
    asked: messages,
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
