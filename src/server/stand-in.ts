import { BedrockException, type LlamaModel } from "../bedrock/index.js";
import type { EngineModel } from "../engine/index.js";
import { readPrompt, renderChatTemplate } from "../prompt/index.js";

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
 * Rewrites a prompt for a model that speaks another format: the messages in it, in that model's own chat template. A model
 * without one continues plain text, so it gets the messages without any markers.
 */
export function standInPrompt(prompt: string, { chatTemplate, bosToken, eosToken }: EngineModel): string {
  const messages = readPrompt(prompt);
  if (chatTemplate === undefined) return messages.map(({ content }) => content).join("\n\n");
  return renderChatTemplate(chatTemplate, messages, { bosToken, eosToken });
}
