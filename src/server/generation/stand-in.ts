import {
  BedrockException,
  type Chat,
  isToolPart,
  type LlamaModel,
  textMessage,
} from "../../bedrock/index.js";
import { type EngineModel, PromptTooLongError } from "../../engine/index.js";
import { plainText } from "../../prompt/index.js";
import type { ChatTemplates, RenderOptions } from "../templates/index.js";

/**
 * What a stand-in is told where the caller gives no system text. `bench/first-answers.mjs` chose it: of 25 everyday questions, Qwen2.5-Coder
 * 0.5B answered 79 instead of 68 % with it, and with other seeds 77 instead of 72 % (each uncertain by 5 points). With SmolLM2-135M it was 44 for 45 and 57 for 59 %, no
 * more than chance, as with every other text (docs/benchmarks.md).
 */
export const STAND_IN_SYSTEM_TEXT = "Answer briefly and correctly.";

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
 * Refuses more messages, tools, and calls and results of tools, than the context has tokens, since each takes at least one.
 */
function refuseTooMany(chat: Chat, contextLimit: number): void {
  const least = chat.messages.length + chat.tools.length + toolParts(chat);
  if (least > contextLimit) throw new PromptTooLongError(least, contextLimit);
}

/** The number of calls and results of tools. */
function toolParts({ messages }: Chat): number {
  return messages.reduce((sum, { parts }) => sum + parts.filter(isToolPart).length, 0);
}

/**
 * Adds {@link STAND_IN_SYSTEM_TEXT} where the caller gives no system text. A conversation with tools stays as it is, since templates
 * for tools have instructions of their own in that place.
 */
function withSystemText(chat: Chat): Chat {
  const { messages, tools } = chat;
  const own = messages.some(({ role }) => role === "system");
  if (own || tools.length > 0 || toolParts(chat) > 0) return chat;
  return { messages: [textMessage("system", STAND_IN_SYSTEM_TEXT), ...messages], tools };
}

/**
 * What the stand-in's prompts begin with that ask one question without a system text: the beginning of its chat template with
 * {@link STAND_IN_SYSTEM_TEXT}. "" if it has no template, or one that can't be rendered. Never rejects.
 */
export async function standInBeginning(model: EngineModel, templates: ChatTemplates): Promise<string> {
  if (model.chatTemplate === undefined) return "";
  try {
    const [one = "", other = ""] = await Promise.all(
      ["A", "b"].map((question) => {
        const chat = { messages: [textMessage("user", question)], tools: [] };
        return standInPrompt(chat, model, { templates, contextLimit: model.contextSize });
      }),
    );
    let shared = 0;
    while (shared < one.length && one[shared] === other[shared]) shared += 1;
    return one.slice(0, shared);
  } catch {
    // the first request is told why
    return "";
  }
}

export interface StandInPromptOptions extends RenderOptions {
  readonly templates: ChatTemplates;
  /** Tokens that the context of the stand-in holds, or that of the requested model if it is smaller. */
  readonly contextLimit: number;
}

/**
 * Renders messages in the stand-in's own chat template, with a system text where the caller gives none. A model without a template
 * continues plain text, so it gets the messages alone, without any markers.
 *
 * @throws {PromptTooLongError} there are more messages than the context has tokens.
 * @throws what {@link ChatTemplates.render} throws.
 */
export async function standInPrompt(
  chat: Chat,
  model: EngineModel,
  { templates, contextLimit, ...options }: StandInPromptOptions,
): Promise<string> {
  const { chatTemplate } = model;
  refuseTooMany(chat, contextLimit);
  if (chatTemplate === undefined) return plainText(chat);
  return templates.render(chatTemplate, withSystemText(chat), model, options);
}
