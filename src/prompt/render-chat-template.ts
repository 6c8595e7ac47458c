import { Template } from "@huggingface/jinja";

import { type Chat, textMessage } from "../bedrock/index.js";
import { ChatTemplateError } from "./errors.js";
import {
  hasTemplateTools,
  type TemplateChat,
  type TemplateMessage,
  textChat,
  toolChat,
} from "./template-messages.js";

/** The texts of a model's special tokens, from its model file. */
export interface TemplateTokens {
  readonly bosToken: string;
  readonly eosToken: string;
}

/** Marks the end of a prefilled answer while the template is rendered. A character of Unicode's private use area. */
const END_OF_PREFILL = "\uE0C1";

/**
 * Renders a model's own chat template (Jinja, from its GGUF file).
 *
 * The prompt ends where the answer begins, or after a prefilled answer, which the model continues. If the template refuses or
 * drops a system message, the system text goes before the first user message.
 *
 * Tools are given to a template that writes their declaration, calls and results. For any other, and where it refuses what it is
 * given (Llama 3.1's refuses two calls in a turn), they are text, as Converse writes them for Llama.
 *
 * A template that writes `bos_token` puts the token's text at the start of the prompt. Give the result to an engine with the rule
 * `bos: "model"`, which adds the token if the model's metadata says so and the text doesn't begin with it.
 *
 * @param template - the template's source
 * @param chat - a last message of the assistant is a prefilled answer
 * @throws {ChatTemplateError} the template is broken, needs a feature that the renderer lacks, or refuses the messages.
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function renderChatTemplate(template: string, chat: Chat, tokens: TemplateTokens): string {
  const asText = textChat(chat);
  const withTools = hasTemplateTools(chat) ? toolChat(chat) : undefined;
  try {
    const parsed = new Template(template);
    return (
      (withTools && writesTools(parsed, mostCalls(withTools), tokens)
        ? attempt(() => renderTurns(parsed, withTools, tokens))
        : undefined) ?? renderTurns(parsed, asText, tokens)
    );
  } catch (cause) {
    throw new ChatTemplateError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * Whether a template writes the declaration of a tool and, of one turn, some calls and their results. Nothing but a try tells: most
 * templates leave out in silence what they don't know.
 */
function writesTools(template: Template, calls: number, tokens: TemplateTokens): boolean {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  const probe = toolChat({
    messages: [
      textMessage("user", "Hi"),
      {
        role: "assistant",
        parts: numbers.map((n) => ({
          type: "toolUse",
          id: String(n),
          name: "probe_tool",
          input: { x: `probe_input_${n}` },
        })),
      },
      {
        role: "user",
        parts: numbers.map((n) => ({
          type: "toolResult",
          toolUseId: String(n),
          content: [{ type: "text", text: `probe_result_${n}` }],
        })),
      },
    ],
    tools: [
      {
        name: "probe_tool",
        description: "",
        inputSchema: { type: "object", properties: { probe_argument: { type: "string", description: "" } } },
      },
    ],
  });
  const rendered = attempt(() => renderTurns(template, probe, tokens)) ?? "";
  const used = [...numbers.map((n) => `probe_input_${n}`), ...numbers.map((n) => `probe_result_${n}`)];
  return rendered.includes("probe_argument") && isInOrder(rendered, used);
}

/** The largest number of calls in a turn; at least 1. */
function mostCalls({ messages }: TemplateChat): number {
  return messages.reduce((most, { tool_calls }) => Math.max(most, tool_calls?.length ?? 0), 1);
}

/** Undefined if a template refuses what it is given, or can't render it. */
function attempt(rendering: () => string): string | undefined {
  try {
    return rendering();
  } catch {
    return undefined;
  }
}

function renderTurns(template: Template, chat: TemplateChat, tokens: TemplateTokens): string {
  return (
    renderWithSystem(template, chat, tokens) ??
    render(template, { ...chat, messages: mergeSystem(chat.messages) }, tokens)
  );
}

/** Undefined if the template refuses the messages or leaves out the text of a system message. */
function renderWithSystem(
  template: Template,
  chat: TemplateChat,
  tokens: TemplateTokens,
): string | undefined {
  const system = chat.messages.filter(({ role }) => role === "system");
  if (system.length === 0) return render(template, chat, tokens);
  // what it refuses is usually the system's role; any other error is thrown again by the attempt without that role
  const rendered = attempt(() => render(template, chat, tokens));
  return rendered !== undefined &&
    isInOrder(
      rendered,
      system.map(({ content }) => content.trim()),
    )
    ? rendered
    : undefined;
}

/** Whether a text has each of some others, in their order. Each search goes on behind the last, so that no part is read twice. */
function isInOrder(text: string, others: readonly string[]): boolean {
  let from = 0;
  return others.every((other) => {
    const at = text.indexOf(other, from);
    from = at + other.length;
    return at >= 0;
  });
}

function render(
  template: Template,
  { messages, tools }: TemplateChat,
  { bosToken, eosToken }: TemplateTokens,
): string {
  const variables = { bos_token: bosToken, eos_token: eosToken, ...(tools && { tools }) };
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
