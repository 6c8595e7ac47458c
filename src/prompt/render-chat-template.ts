import { Template } from "@huggingface/jinja";

import type { Chat, Role } from "../bedrock/index.js";
import { ChatTemplateError } from "./errors.js";
import { textOf } from "./prompt-format.js";

/** The texts of a model's special tokens, from its model file. */
export interface TemplateTokens {
  readonly bosToken: string;
  readonly eosToken: string;
}

/** A message as templates expect it. */
interface TemplateMessage {
  readonly role: Role;
  readonly content: string;
}

/** Marks the end of a prefilled answer while the template is rendered. A character of Unicode's private use area. */
const END_OF_PREFILL = "\uE0C1";

/**
 * Renders a model's own chat template (Jinja, from its GGUF file).
 *
 * The prompt ends where the answer begins, or after a prefilled answer, which the model continues. If the template refuses or
 * drops a system message, the system text goes before the first user message.
 *
 * A template that writes `bos_token` puts the token's text at the start of the prompt. Give the result to an engine with the rule
 * `bos: "model"`, which adds the token if the model's metadata says so and the text doesn't begin with it.
 *
 * @param template - the template's source
 * @param chat - a last message of the assistant is a prefilled answer
 * @throws {ChatTemplateError} the template is broken, needs a feature that the renderer lacks, or refuses the messages.
 * @throws {PartNotRenderableError} a part isn't text.
 */
export function renderChatTemplate(template: string, { messages }: Chat, tokens: TemplateTokens): string {
  const turns = messages.map((message) => ({ role: message.role, content: textOf(message) }));
  try {
    const parsed = new Template(template);
    return renderWithSystem(parsed, turns, tokens) ?? render(parsed, mergeSystem(turns), tokens);
  } catch (cause) {
    throw new ChatTemplateError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Undefined if the template refuses the messages or leaves out the text of a system message. */
function renderWithSystem(
  template: Template,
  messages: readonly TemplateMessage[],
  tokens: TemplateTokens,
): string | undefined {
  const system = messages.filter(({ role }) => role === "system");
  if (system.length === 0) return render(template, messages, tokens);
  try {
    const rendered = render(template, messages, tokens);
    if (isInOrder(rendered, system)) return rendered;
  } catch {
    // usually `raise_exception` about the system role; any other error is thrown again by the attempt without that role
  }
  return undefined;
}

/** Whether a text says what each of the messages says, in their order. Each search goes on behind the last, so that no part is read twice. */
function isInOrder(text: string, messages: readonly TemplateMessage[]): boolean {
  let from = 0;
  return messages.every(({ content }) => {
    const said = content.trim();
    const at = text.indexOf(said, from);
    from = at + said.length;
    return at >= 0;
  });
}

function render(
  template: Template,
  messages: readonly TemplateMessage[],
  { bosToken, eosToken }: TemplateTokens,
): string {
  const variables = { bos_token: bosToken, eos_token: eosToken };
  const last = messages.at(-1);
  if (last?.role !== "assistant") {
    return template.render({ ...variables, messages, add_generation_prompt: true });
  }
  // rendered as a finished answer and cut off at its end, as what precedes an answer depends on the template
  // (Llama 2 has a space, ChatML a line break)
  const prefill = { role: last.role, content: `${last.content}${END_OF_PREFILL}` };
  const rendered = template.render({
    ...variables,
    messages: [...messages.slice(0, -1), prefill],
    add_generation_prompt: false,
  });
  const end = rendered.lastIndexOf(END_OF_PREFILL);
  if (end < 0) throw new Error("it leaves out the last message of the assistant");
  return rendered.slice(0, end);
}

/** Puts the text of all system messages in front of the first user message, for templates without a system role. */
function mergeSystem(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content.trim());
  const turns = messages.filter(({ role }) => role !== "system");
  const index = turns.findIndex(({ role }) => role === "user");
  const question = turns[index]?.content ?? "";
  const content = [...system, question].filter((text) => text !== "").join("\n\n");
  return turns.toSpliced(Math.max(index, 0), index < 0 ? 0 : 1, { role: "user", content });
}
