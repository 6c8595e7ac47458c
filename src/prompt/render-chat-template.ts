import { Template } from "@huggingface/jinja";

import { ChatTemplateError } from "./errors.js";
import { type ChatMessage, foldSystem } from "./prompt-format.js";

/** The texts of a model's special tokens, as its file names them. */
export interface TemplateTokens {
  readonly bosToken: string;
  readonly eosToken: string;
}

/** Stands behind a begun answer while the template is rendered, to find its end again: a character of private use. */
const END_OF_BEGUN_ANSWER = "\uE0C1";

/**
 * Renders a model's own chat template (Jinja, as GGUF files carry it).
 *
 * The prompt ends where the answer begins; with a begun answer, right behind that, so that the model continues it. If the
 * template refuses or drops a system message, its text is put in front of the first user message.
 *
 * A template that writes `bos_token` leaves the token's text at the start of the prompt. It stays there: give the result to
 * an engine with the rule `bos: "model"`, which adds the token by the model's metadata, and not where it stands already.
 *
 * @param template - the template's source
 * @param messages - a last message of the assistant is the begun answer
 * @throws {ChatTemplateError} the template is broken, uses what the renderer lacks, or refuses the messages.
 */
export function renderChatTemplate(
  template: string,
  messages: readonly ChatMessage[],
  tokens: TemplateTokens,
): string {
  try {
    const parsed = new Template(template);
    return renderWithSystem(parsed, messages, tokens) ?? render(parsed, foldSystem(messages), tokens);
  } catch (cause) {
    throw new ChatTemplateError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Undefined if the template refuses the messages, or leaves out what a system message says. */
function renderWithSystem(
  template: Template,
  messages: readonly ChatMessage[],
  tokens: TemplateTokens,
): string | undefined {
  const system = messages.filter(({ role }) => role === "system");
  if (system.length === 0) return render(template, messages, tokens);
  try {
    const rendered = render(template, messages, tokens);
    if (isInOrder(rendered, system)) return rendered;
  } catch {
    // usually `raise_exception` about the system role; what is wrong for another reason fails again without that role
  }
  return undefined;
}

/** Whether a text says what each of the messages says, in their order. Each search goes on behind the last, so that no part is read twice. */
function isInOrder(text: string, messages: readonly ChatMessage[]): boolean {
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
  messages: readonly ChatMessage[],
  { bosToken, eosToken }: TemplateTokens,
): string {
  const variables = { bos_token: bosToken, eos_token: eosToken };
  const last = messages.at(-1);
  if (last?.role !== "assistant") {
    return template.render({ ...variables, messages, add_generation_prompt: true });
  }
  // as a finished answer, cut where it ends: what stands in front of an answer differs from template to template
  // (Llama 2 wants a space, ChatML a line of its own)
  const begun = { role: last.role, content: `${last.content}${END_OF_BEGUN_ANSWER}` };
  const rendered = template.render({
    ...variables,
    messages: [...messages.slice(0, -1), begun],
    add_generation_prompt: false,
  });
  const end = rendered.lastIndexOf(END_OF_BEGUN_ANSWER);
  if (end < 0) throw new Error("it leaves out the begun answer");
  return rendered.slice(0, end);
}
