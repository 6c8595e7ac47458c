import type { Chat } from "../bedrock/index.js";
import { declareTools, segmentText } from "./tool-text.js";
import { BETWEEN_TEXTS, segmentsOf } from "./turns.js";

/**
 * A conversation as text without any markers, for a model without a chat template. Tools, their calls and results are written as in
 * Converse's prompts.
 *
 * @throws {PartNotRenderableError} a part is a document.
 */
export function plainPrompt({ messages, tools }: Chat): string {
  const turns = messages.map((message) => ({
    role: message.role,
    content: segmentsOf(message).map(segmentText).join(BETWEEN_TEXTS),
  }));
  return declareTools(turns, tools)
    .map(({ content }) => content)
    .join("\n\n");
}
