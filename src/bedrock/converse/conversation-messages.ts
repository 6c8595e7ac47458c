import type { BedrockException } from "../errors/index.js";
import type { Message, Part, Role, TextPart } from "../message.js";
import type { ContentBlock, UnsupportedBlock } from "./content-block.js";
import {
  blankText,
  contentBlockUnsupported,
  documentsUnsupported,
  emptyContent,
  fieldUnsupported,
  promptCachingUnsupported,
  reasoningUnsupported,
  unionMisused,
  notEndingWithUser,
  notAlternating,
  notStartingWithUser,
  systemBlockUnsupported,
  toolUseUnsupported,
} from "./exceptions.js";
import type { Conversation } from "./request.js";

/**
 * Turns a conversation into messages after checking Converse's rules: the order of turns, and which blocks the model takes. This
 * is the only place that refuses a conversation's content.
 *
 * @param streaming - whether the response is a stream, which changes the message that refuses tools
 * @returns a system message if there is system text, then user and assistant messages by turns, the user's first and last
 * @throws {BedrockException} `ValidationException`
 */
export function conversationMessages(
  { messages, system, tools, capabilities }: Conversation,
  streaming: boolean,
): Message[] {
  if (tools && !capabilities.tools) throw toolUseUnsupported(streaming);
  if (messages[0]?.role !== "user") throw notStartingWithUser();
  const instructions = system.map((block, i) => supportedSystemPart(block, i));
  const turns = messages.map(({ role, content }, i): Message => {
    if (content.length === 0) throw emptyContent(i);
    return {
      role,
      parts: content.map((block, j) => supportedPart(block, role, `messages.${i}.content.${j}`, streaming)),
    };
  });
  for (const [i, { role }] of turns.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant")) throw notAlternating();
  }
  if (turns.at(-1)?.role !== "user") throw notEndingWithUser();
  return instructions.length === 0 ? turns : [{ role: "system", parts: instructions }, ...turns];
}

function supportedSystemPart(block: TextPart | UnsupportedBlock, index: number): TextPart {
  const at = `system.${index}`;
  if (block.type === "unsupported") {
    const { member, misused } = block;
    if (misused) throw unionMisused(misused, at);
    if (member === "cachePoint") throw promptCachingUnsupported();
    throw systemBlockUnsupported(member ?? "");
  }
  if (block.text.trim() === "") throw blankText("SystemContentBlock", at);
  return block;
}

function supportedPart(block: ContentBlock, role: Role, at: string, streaming: boolean): Part {
  if (block.type === "unsupported") throw blockUnsupported(block, role, at, streaming);
  if (block.type === "text" && block.text.trim() === "") throw blankText("ContentBlock", at);
  return block;
}

/** Newer members are refused as fields, the media as content blocks (quoted, as far as the exceptions say so). */
function blockUnsupported(
  { member = "", misused, below = "", field }: UnsupportedBlock,
  role: Role,
  at: string,
  streaming: boolean,
): BedrockException {
  if (misused) return unionMisused(misused, `${at}${below}`);
  switch (member) {
    case "document":
      return documentsUnsupported();
    case "toolUse":
    case "toolResult":
      return toolUseUnsupported(streaming);
    case "cachePoint":
      return promptCachingUnsupported();
    case "reasoningContent":
      return reasoningUnsupported(role, field ?? member);
    case "citationsContent":
    case "searchResult":
    case "toolAddition":
    case "toolRemoval":
      return fieldUnsupported(member);
    default:
      return contentBlockUnsupported(member);
  }
}
