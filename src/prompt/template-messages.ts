import {
  type Chat,
  isToolPart,
  type JsonValue,
  type Message,
  type Tool,
  type ToolResultPart,
  type ToolUsePart,
} from "../bedrock/index.js";
import { declareTools, messageText, segmentText } from "./tool-text.js";
import { BETWEEN_TEXTS, contentText, segmentsOf, type Turn } from "./turns.js";
import { isDeepJson } from "./write-json.js";

/** A message as chat templates expect it (Hugging Face's `apply_chat_template`, after OpenAI's API). */
export interface TemplateMessage extends Turn {
  /** Of an assistant that calls tools. */
  readonly tool_calls?: readonly TemplateToolCall[];
  /** The name of the tool, with the role `tool`. */
  readonly name?: string;
  /** The call that a tool answers, with the role `tool`. */
  readonly tool_call_id?: string;
}

interface TemplateToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: JsonValue };
}

/** The declaration of a tool as chat templates expect it. */
interface TemplateTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: JsonValue;
  };
}

/** What a chat template is given. */
export interface TemplateChat {
  readonly messages: readonly TemplateMessage[];
  readonly tools?: readonly TemplateTool[];
}

/** The role of a tool's result. */
const TOOL_ROLE = "tool";

/** Whether a template can be asked to write a conversation's tools: there are some, declared or used, and none has JSON of extreme depth. */
export function hasTemplateTools({ messages, tools }: Chat): boolean {
  const parts = messages.flatMap((message) => message.parts);
  if (tools.length === 0 && !parts.some(isToolPart)) return false;
  const inputs = parts.filter((part) => part.type === "toolUse").map(({ input }) => input);
  return ![...tools.map(({ inputSchema }) => inputSchema), ...inputs].some((json) => isDeepJson(json));
}

/**
 * A conversation without tools of its own kind: they are text, as Converse has them for Llama. Roles alternate as they do in the
 * conversation.
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function textChat({ messages, tools }: Chat): TemplateChat {
  const turns = messages.map((message) => ({ role: message.role, content: messageText(message) }));
  return { messages: declareTools(turns, tools) };
}

/**
 * A conversation as text without any markers, for a model that has no chat template. Tools are text too.
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function plainText(chat: Chat): string {
  return textChat(chat)
    .messages.map(({ content }) => content)
    .join("\n\n");
}

/**
 * A conversation with tools in the form that templates for them expect.
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function toolChat({ messages, tools }: Chat): TemplateChat {
  const calls = new Calls();
  return {
    messages: messages.flatMap((message) =>
      message.role === "assistant" ? [assistantMessage(message, calls)] : otherMessages(message, calls),
    ),
    ...(tools.length > 0 && { tools: tools.map(templateTool) }),
  };
}

function assistantMessage(message: Message, calls: Calls): TemplateMessage {
  const segments = segmentsOf(message);
  const texts = segments.filter((segment) => segment.type === "text").map(({ text }) => text);
  const uses = segments.filter((segment) => segment.type === "toolUse");
  return {
    role: message.role,
    content: texts.join(BETWEEN_TEXTS),
    ...(uses.length > 0 && { tool_calls: uses.map((use) => calls.add(use)) }),
  };
}

function otherMessages(message: Message, calls: Calls): readonly TemplateMessage[] {
  return segmentsOf(message).map((segment) =>
    segment.type === "toolResult"
      ? { role: TOOL_ROLE, content: contentText(segment.content), ...calls.answered(segment) }
      : { role: message.role, content: segmentText(segment) },
  );
}

/** A missing description is "", since templates join it to text. */
function templateTool({ name, description, inputSchema }: Tool): TemplateTool {
  return { type: "function", function: { name, description: description ?? "", parameters: inputSchema } };
}

/** The calls of a conversation so far. Their ids are made anew: Mistral's templates refuse any that hasn't nine letters and digits. */
class Calls {
  /** The latest call of each id: a conversation may use an id again in a later turn. */
  readonly #calls = new Map<string, TemplateToolCall>();
  #count = 0;

  add({ id, name, input }: ToolUsePart): TemplateToolCall {
    this.#count += 1;
    const number = String(this.#count).padStart(5, "0");
    const call: TemplateToolCall = {
      id: `call${number}`,
      type: "function",
      function: { name, arguments: input },
    };
    this.#calls.set(id, call);
    return call;
  }

  answered({ toolUseId }: ToolResultPart): Pick<TemplateMessage, "name" | "tool_call_id"> {
    const call = this.#calls.get(toolUseId);
    return call ? { name: call.function.name, tool_call_id: call.id } : {};
  }
}
