import { BedrockException, promptTooLong, type LlamaModel, type Message } from "../../bedrock/index.js";
import type { EngineModel } from "../../engine/index.js";
import { renderChatTemplate, textOf } from "../../prompt/index.js";

/**
 * Refuses a stand-in. Bedrock has no such case; a model that isn't there for the caller, which no SDK asks for again, comes
 * closest.
 */
export function standInRefused({ id }: LlamaModel): BedrockException {
  return new BedrockException(
    "ResourceNotFoundException",
    `Only a stand-in could answer for ${id} here, and stand-ins are refused (--strict). ` +
      `Serve the model itself with --model-file FILE --as ${id}, or leave --strict out.`,
  );
}

/**
 * Refuses more messages than the context has tokens: each takes one at least, and a template takes ever longer to render
 * (half a minute for the million that fit into a body, during which nobody else is served).
 */
function refuseTooMany(messages: readonly Message[], contextLimit: number): void {
  if (messages.length > contextLimit) throw promptTooLong(contextLimit);
}

/**
 * Writes messages for a model that speaks another format than the one asked for: in that model's own chat template. A model
 * without one continues plain text, so it gets the messages without any markers.
 *
 * @param contextLength - tokens that the model asked for would hold
 * @throws {BedrockException} the messages alone exceed the context.
 * @throws {ChatTemplateError} the template can't be rendered with them.
 */
export function standInPrompt(
  messages: readonly Message[],
  model: EngineModel,
  contextLength: number,
): string {
  const { chatTemplate, contextSize, bosToken, eosToken } = model;
  refuseTooMany(messages, Math.min(contextSize, contextLength));
  if (chatTemplate === undefined) return messages.map(textOf).join("\n\n");
  return renderChatTemplate(chatTemplate, messages, { bosToken, eosToken });
}
