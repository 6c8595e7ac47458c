import { parseModelId } from "../bedrock/index.js";
import { type ChatMessage, promptFormats } from "../prompt/index.js";
import { UnknownPromptFormatError } from "./unknown-prompt-format-error.js";

/**
 * Writes messages as a prompt in the format that the model named was trained on. A base model was trained on none: a single
 * user message goes to it as it is.
 *
 * @throws {UnknownPromptFormatError} no format is known for the id, or a conversation is meant for a base model.
 */
export function renderMessages(modelId: string, messages: readonly ChatMessage[]): string {
  const model = parseModelId(modelId)?.model;
  if (!model) throw new UnknownPromptFormatError(modelId, "it's no Llama model id that Cria knows.");
  if (model.kind === "base") {
    const [only] = messages;
    if (messages.length === 1 && only?.role === "user") return only.content;
    throw new UnknownPromptFormatError(modelId, "a base model continues text and knows no turns.");
  }
  const format = Object.values(promptFormats).find(({ name }) => name === model.family);
  if (!format) throw new UnknownPromptFormatError(modelId, "its format isn't built yet.");
  return format.render(messages);
}
