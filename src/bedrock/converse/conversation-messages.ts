import type { BedrockException } from "../errors/index.js";
import {
  isToolPart,
  type Message,
  type Part,
  type Role,
  type TextPart,
  type Tool,
  type ToolResultPart,
  type ToolUsePart,
} from "../message.js";
import { isJsonObject } from "../parse-json.js";
import type { ContentBlock } from "./content-block.js";
import {
  blankText,
  contentBlockUnsupported,
  documentNotObject,
  documentsUnsupported,
  emptyContent,
  emptyToolError,
  fieldUnsupported,
  notEndingWithUser,
  notAlternating,
  notStartingWithUser,
  promptCachingUnsupported,
  systemBlockUnsupported,
  toolConfigMissing,
  toolUseUnsupported,
} from "./exceptions.js";
import type { Conversation } from "./request.js";
import { declaredTools } from "./tool-config.js";
import { checkToolTurns, hasToolParts } from "./tool-turns.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

/**
 * The tools that a conversation declares, after checking whether the model takes any. Bedrock checks them before the messages
 * (inferred).
 *
 * @param streaming - whether the response is a stream: then no Llama model takes tools
 * @returns [] for none
 * @throws {BedrockException} `ValidationException`
 */
export function conversationTools({ toolConfig, capabilities }: Conversation, streaming: boolean): Tool[] {
  if (!toolConfig) return [];
  if (streaming || !capabilities.tools) throw toolUseUnsupported(streaming);
  return declaredTools(toolConfig);
}

/**
 * Turns a conversation into messages after checking Converse's rules: the order of turns, and which blocks the model takes. This
 * is the only place that refuses a conversation's content.
 *
 * Consecutive messages of the user are one turn (reported by users). What is wrong with a message or a block is reported with the
 * indexes of the request, what is wrong with a turn with the index of the turn (inferred).
 *
 * @param streaming - whether the response is a stream, which changes the message that refuses tools
 * @returns a system message if there is system text, then user and assistant messages by turns, the user's first and last
 * @throws {BedrockException} `ValidationException`
 */
export function conversationMessages(
  { messages, system, toolConfig, capabilities }: Conversation,
  streaming: boolean,
): Message[] {
  if (messages[0]?.role !== "user") throw notStartingWithUser();
  const instructions = system.map((block, i) => supportedSystemPart(block, i));
  const tools = capabilities.tools && !streaming;
  const turns = mergeUserTurns(
    messages.map(({ role, content }, i): Message => {
      if (content.length === 0) throw emptyContent(i);
      return {
        role,
        parts: content.map((block, j) =>
          supportedPart(block, { at: `messages.${i}.content.${j}`, role, tools, streaming }),
        ),
      };
    }),
  );
  for (const [i, { role }] of turns.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant")) throw notAlternating();
  }
  if (turns.at(-1)?.role !== "user") throw notEndingWithUser();
  if (!toolConfig && turns.some(hasToolParts)) throw toolConfigMissing();
  checkToolTurns(turns);
  return instructions.length === 0 ? turns : [{ role: "system", parts: instructions }, ...turns];
}

function mergeUserTurns(messages: readonly Message[]): Message[] {
  const turns: { role: Message["role"]; parts: Part[] }[] = [];
  for (const { role, parts } of messages) {
    const last = turns.at(-1);
    // not as arguments of push: a message may have more parts than the stack holds
    if (role === "user" && last?.role === "user") for (const part of parts) last.parts.push(part);
    else turns.push({ role, parts: [...parts] });
  }
  return turns;
}

function supportedSystemPart(block: TextPart | UnsupportedBlock, index: number): TextPart {
  const at = `system.${index}`;
  if (block.type === "unsupported") {
    const { member, refuse } = block;
    if (refuse) throw refuse(at, "system");
    if (member === "cachePoint") throw promptCachingUnsupported();
    throw systemBlockUnsupported(member ?? "");
  }
  if (block.text.trim() === "") throw blankText("SystemContentBlock", at);
  return block;
}

/** Where a block is, and what is taken there. */
interface Place {
  readonly at: string;
  readonly role: Role;
  /** Whether calls and results of tools are taken. */
  readonly tools: boolean;
  readonly streaming: boolean;
}

function supportedPart(block: ContentBlock, place: Place): Part {
  if (block.type === "unsupported") throw blockUnsupported(block, place);
  if (block.type === "text" && block.text.trim() === "") throw blankText("ContentBlock", place.at);
  if (isToolPart(block)) checkToolPart(block, place);
  return block;
}

function checkToolPart(part: ToolUsePart | ToolResultPart, { at, role, tools, streaming }: Place): void {
  if (!tools) throw toolUseUnsupported(streaming);
  if (role !== (part.type === "toolUse" ? "assistant" : "user")) throw fieldUnsupported(part.type, role);
  if (part.type === "toolUse") {
    if (!isJsonObject(part.input)) throw documentNotObject(`${at}.toolUse.input`);
    return;
  }
  for (const [k, item] of part.content.entries()) {
    if (item.type === "json" && !isJsonObject(item.value)) {
      throw documentNotObject(`${at}.toolResult.content.${k}.json`);
    }
  }
  if (part.status === "error" && part.content.length === 0) throw emptyToolError(at);
}

/** Newer members are refused as fields, the media as content blocks (quoted, as far as the exceptions say so). */
function blockUnsupported(
  { member = "", refuse }: UnsupportedBlock,
  { at, role, streaming }: Place,
): BedrockException {
  if (refuse) return refuse(at, role);
  switch (member) {
    case "document":
      return documentsUnsupported();
    case "toolUse":
    case "toolResult":
      return toolUseUnsupported(streaming);
    case "cachePoint":
      return promptCachingUnsupported();
    case "citationsContent":
    case "searchResult":
    case "toolAddition":
    case "toolRemoval":
      return fieldUnsupported(member);
    default:
      return contentBlockUnsupported(member);
  }
}
