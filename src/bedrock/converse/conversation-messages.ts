import type { BedrockException } from "../errors/index.js";
import type { Message, Part, TextPart } from "../message.js";
import { CONTENT_BLOCKS, type ContentBlock } from "./content-block.js";
import {
  blankText,
  contentBlockUnset,
  contentBlockUnsupported,
  documentsUnsupported,
  emptyContent,
  notEndingWithUser,
  notAlternating,
  notStartingWithUser,
  systemBlockUnsupported,
  toolUseUnsupported,
} from "./exceptions.js";
import type { Conversation } from "./request.js";
import type { UnsupportedBlock } from "./unsupported-block.js";

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
      parts: content.map((block, j) => supportedPart(block, `messages.${i}.content.${j}`, streaming)),
    };
  });
  for (const [i, { role }] of turns.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant")) throw notAlternating();
  }
  if (turns.at(-1)?.role !== "user") throw notEndingWithUser();
  return instructions.length === 0 ? turns : [{ role: "system", parts: instructions }, ...turns];
}

function supportedSystemPart(block: TextPart | UnsupportedBlock, index: number): TextPart {
  if (block.type === "unsupported") throw systemBlockUnsupported(block.member ?? "");
  if (block.text.trim() === "") throw blankText("SystemContentBlock", `system.${index}`);
  return block;
}

function supportedPart(block: ContentBlock, at: string, streaming: boolean): Part {
  if (block.type === "unsupported") throw blockUnsupported(block, at, streaming);
  if (block.type === "text" && block.text.trim() === "") throw blankText("ContentBlock", at);
  return block;
}

function blockUnsupported(
  { member, refuse }: UnsupportedBlock,
  at: string,
  streaming: boolean,
): BedrockException {
  if (refuse) return refuse(at);
  if (member === undefined) return contentBlockUnset(at, CONTENT_BLOCKS);
  if (member === "document") return documentsUnsupported();
  if (member === "toolUse" || member === "toolResult") return toolUseUnsupported(streaming);
  return contentBlockUnsupported(member);
}
