import { BedrockException, type Chat, isToolPart, type LlamaModel } from "../../bedrock/index.js";
import { type EngineModel, PromptTooLongError } from "../../engine/index.js";
import { plainText, renderChatTemplate } from "../../prompt/index.js";

/**
 * The error for a request that only a stand-in could answer. Bedrock has no such case. The closest is a model that isn't available to
 * the caller, an error that no SDK retries.
 */
export function standInRefused({ id }: LlamaModel): BedrockException {
  return new BedrockException(
    "ResourceNotFoundException",
    `Only a stand-in could answer for ${id} here, and stand-ins are refused (--strict). ` +
      `Serve the model itself with --model-file FILE --as ${id}, or leave --strict out.`,
  );
}

/**
 * Refuses more messages, tools, and calls and results of tools, than the context has tokens, since each takes at least one. Rendering
 * blocks the process: the million messages that fit into a body would take half a minute.
 */
function refuseTooMany({ messages, tools }: Chat, contextLimit: number): void {
  const used = messages.reduce((sum, { parts }) => sum + parts.filter(isToolPart).length, 0);
  const least = messages.length + tools.length + used;
  if (least > contextLimit) throw new PromptTooLongError(least, contextLimit);
}

/**
 * Renders messages in the stand-in's own chat template. A model without a template continues plain text, so it gets the messages
 * without any markers.
 *
 * @param contextLength - context size of the requested model, in tokens
 * @throws {PromptTooLongError} there are more messages than the context has tokens.
 * @throws {ChatTemplateError} the template can't render the messages.
 */
export function standInPrompt(chat: Chat, model: EngineModel, contextLength: number): string {
  const { chatTemplate, contextSize, bosToken, eosToken } = model;
  refuseTooMany(chat, Math.min(contextSize, contextLength));
  if (chatTemplate === undefined) return plainText(chat);
  return renderChatTemplate(chatTemplate, chat, { bosToken, eosToken });
}
