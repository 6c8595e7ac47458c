import type { JsonObject } from "../request-reader.js";
import {
  blankText,
  contentBlockUnset,
  contentBlockUnsupported,
  documentsUnsupported,
  emptyContent,
  lastTurnNotUsers,
  notAlternating,
  notStartingWithUser,
  systemBlockUnsupported,
  toolUseUnsupported,
} from "./exceptions.js";
import type { Conversation } from "./request.js";

/** One turn in plain text. */
export interface TextMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * What stands between two text blocks of one turn. Nobody has seen what Bedrock puts there (inferred).
 */
const BETWEEN_BLOCKS = "\n";

/** Characters of an unknown member that are repeated to the caller: enough to recognize it. */
const MAX_MEMBER_LENGTH = 200;

/** The members of the union `ContentBlock` (API model). */
const CONTENT_BLOCKS = [
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "guardContent",
  "cachePoint",
  "reasoningContent",
  "citationsContent",
  "searchResult",
];

/**
 * A conversation as the messages a prompt is written of: the rules that Converse has for the order of turns, and for a model
 * that takes text only. The wordings are quoted by users unless said otherwise.
 *
 * @param streaming - whether the answer is to be streamed: Bedrock words the refusal of tools after it
 * @throws {BedrockException} `ValidationException`
 */
export function conversationText(
  { messages, system, tools }: Conversation,
  streaming: boolean,
): TextMessage[] {
  if (tools) throw toolUseUnsupported(streaming);
  if (messages[0]?.role !== "user") throw notStartingWithUser();
  const instructions = system.map((block, i) => systemText(block, i));
  const turns = messages.map(({ role, content }, i): TextMessage => {
    if (content.length === 0) throw emptyContent(i);
    const texts = content.map((block, j) => blockText(block, `messages.${i}.content.${j}`, streaming));
    return { role: role === "assistant" ? "assistant" : "user", content: texts.join(BETWEEN_BLOCKS) };
  });
  for (const [i, { role }] of turns.entries()) {
    if (role !== (i % 2 === 0 ? "user" : "assistant")) throw notAlternating();
  }
  if (turns.at(-1)?.role !== "user") throw lastTurnNotUsers();
  return instructions.length === 0
    ? turns
    : [{ role: "system", content: instructions.join(BETWEEN_BLOCKS) }, ...turns];
}

function systemText(block: JsonObject, index: number): string {
  const { text } = block;
  const at = `system.${index}`;
  if (typeof text !== "string") {
    throw systemBlockUnsupported(Object.keys(block)[0]?.slice(0, MAX_MEMBER_LENGTH) ?? "");
  }
  if (text.trim() === "") throw blankText("SystemContentBlock", at);
  return text;
}

function blockText(block: JsonObject, at: string, streaming: boolean): string {
  const member = CONTENT_BLOCKS.find((name) => Object.hasOwn(block, name) && block[name] !== null);
  if (member === undefined) throw contentBlockUnset(at, CONTENT_BLOCKS);
  if (member === "document") throw documentsUnsupported();
  if (member === "toolUse" || member === "toolResult") throw toolUseUnsupported(streaming);
  const text = block[member];
  if (member !== "text" || typeof text !== "string") throw contentBlockUnsupported(member);
  if (text.trim() === "") throw blankText("ContentBlock", at);
  return text;
}
