import {
  type Chat,
  checkRequestSettings,
  checkMedia,
  checkResponsePaths,
  type Conversation,
  conversationMessages,
  conversationTools,
  type ConverseRequest,
  converseSettings,
  type EchoedMembers,
  RequestReader,
  type LlamaModel,
  notAChatModel,
  readConverseRequest,
} from "../../../bedrock/index.js";
import { readDocuments } from "../../documents/index.js";
import { type GenerationInput, partCapabilities } from "../../generation/index.js";
import type { ServerRequest } from "../../request.js";
import type { Services } from "../../services.js";
import { namedModel } from "../../request-region.js";

/**
 * The most tokens of a stand-in's answer if the request doesn't say. Real weights have the model's maximum then, but small models often
 * don't end: at some 60 tokens/s, 8,192 of them take longer than an SDK waits, and it would send the request again.
 */
const STAND_IN_MAX_TOKENS = 512;

/** The checked input of Converse. */
export interface ConverseInput extends GenerationInput {
  readonly input: Chat;
  /** Texts that end the answer and aren't part of it. */
  readonly stopSequences: readonly string[];
  /** JSON pointers into the model's native response. */
  readonly responseFieldPaths: readonly string[];
  /** What the response repeats. */
  readonly echoed: EchoedMembers;
}

/**
 * Reads the input of Converse and ConverseStream and checks it in Bedrock's order. The checks of `startGeneration` follow. The content
 * type isn't checked: the SDKs always send JSON, and Bedrock has not been seen to refuse another type.
 *
 * @throws {BedrockException} a check failed.
 */
export async function readConverseInput(
  request: ServerRequest,
  services: Services,
  model: LlamaModel,
  { streaming }: { readonly streaming: boolean },
): Promise<ConverseInput> {
  // check: json, check: schema: the types of members, then the API model's constraints
  const reader = new RequestReader();
  const conversation = readConverseRequest(
    reader,
    reader.parse(await request.body()),
    partCapabilities(model, services),
    streaming,
  );
  reader.finish();
  // then Converse's rules for a conversation, and what the model doesn't support
  const { settings, inferenceConfig, additionalFields, responseFieldPaths } = conversation;
  const echoed = checkRequestSettings(settings, namedModel(request, model));
  const checked = conversationChat(model, conversation, streaming);
  const { maxGenLen, temperature, topP } = converseSettings(inferenceConfig, additionalFields, model);
  checkResponsePaths(responseFieldPaths);
  return {
    model,
    // last, since it takes the longest
    input: await readDocuments(checked, services.limits.documentMs, request.signal),
    maxTokens: maxGenLen,
    ...(!asksForMaxTokens(conversation) && { standInMaxTokens: Math.min(maxGenLen, STAND_IN_MAX_TOKENS) }),
    temperature,
    topP,
    stopSequences: inferenceConfig.stopSequences,
    responseFieldPaths,
    echoed,
  };
}

/**
 * A conversation as the model takes it.
 *
 * @throws {BedrockException} the model isn't a chat model, or the conversation breaks a rule.
 */
export function conversationChat(model: LlamaModel, conversation: Conversation, streaming: boolean): Chat {
  if (model.kind === "base") throw notAChatModel();
  const tools = conversationTools(conversation, streaming);
  const messages = conversationMessages(conversation, streaming);
  checkMedia(messages, model);
  return { messages, tools };
}

function asksForMaxTokens({ inferenceConfig, additionalFields }: ConverseRequest): boolean {
  return inferenceConfig.maxTokens !== undefined || Object.hasOwn(additionalFields, "max_gen_len");
}
