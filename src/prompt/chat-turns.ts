import type { Chat, ImagePart, Message, ToolResultPart } from "../bedrock/index.js";
import { readPrompt } from "./prompt-formats.js";
import { declareTools } from "./tool-text.js";
import { contentText, IMAGE_MARKER } from "./turns.js";
import { compactJson } from "./write-json.js";

/** A turn of a conversation for a server that writes the prompt itself. */
export type ChatTurn =
  | { readonly role: "system" | "user"; readonly content: readonly (string | ImagePart)[] }
  | {
      readonly role: "assistant";
      readonly content: readonly string[];
      readonly calls: readonly { readonly id: string; readonly name: string; readonly inputJson: string }[];
    }
  | { readonly role: "tool"; readonly callId: string; readonly content: readonly (string | ImagePart)[] };

/**
 * A conversation with its images between its texts, for a server that writes the prompt itself. Tools are declared as text in the first turn of the user,
 * in Bedrock's words, so that the server leaves the answer as the model writes it.
 *
 * @throws {PartNotRenderableError} a document has not been read.
 */
export function chatTurns({ messages, tools }: Chat): readonly ChatTurn[] {
  const turns = messages.flatMap(turnsOf);
  const [declaration] = declareTools([], tools);
  if (declaration === undefined) return turns;
  const index = turns.findIndex(({ role }) => role === "user");
  const first = turns[index];
  if (first?.role !== "user") return [...turns, { role: "user", content: [declaration.content] }];
  return turns.with(index, { role: "user", content: joined([declaration.content, ...first.content]) });
}

/**
 * The conversation that a prompt was written from, with the images in place of its markers.
 *
 * @returns undefined if they aren't as many
 */
export function promptTurns(prompt: string, images: readonly ImagePart[]): readonly ChatTurn[] | undefined {
  const rest = [...images];
  const turns = readPrompt(prompt).map((message): ChatTurn => {
    const text = contentText(message.parts);
    if (message.role === "assistant") return { role: "assistant", content: [text], calls: [] };
    const content = placed(text, () => rest.shift());
    return { role: message.role, content };
  });
  const parts = turns.flatMap<string | ImagePart>(({ content }) => content);
  return parts.filter((part) => typeof part !== "string").length === images.length ? turns : undefined;
}

function turnsOf(message: Message): readonly ChatTurn[] {
  const { role, parts } = message;
  if (role === "system") return [{ role, content: [contentText(parts)] }];
  if (role === "assistant") {
    const calls = parts.flatMap((part) =>
      part.type === "toolUse" ? [{ id: part.id, name: part.name, inputJson: compactJson(part.input) }] : [],
    );
    const said = parts.filter(({ type }) => type !== "toolUse");
    return [{ role, content: said.length === 0 ? [] : [contentText(said)], calls }];
  }
  return userTurns(message);
}

/** What the user says between the results of tools is a turn each. */
function userTurns({ parts }: Message): readonly ChatTurn[] {
  const turns: ChatTurn[] = [];
  let content: Exclude<Message["parts"][number], ToolResultPart>[] = [];
  const endContent = () => {
    if (content.length > 0) turns.push({ role: "user", content: withImages(content) });
    content = [];
  };
  for (const part of parts) {
    if (part.type !== "toolResult") {
      content.push(part);
      continue;
    }
    endContent();
    turns.push({ role: "tool", callId: part.toolUseId, content: withImages(part.content) });
  }
  endContent();
  return turns;
}

/** Parts as a prompt writes them, with the images in place of their markers. */
function withImages(parts: Parameters<typeof contentText>[0]): readonly (string | ImagePart)[] {
  const images = parts.filter((part) => part.type === "image");
  return placed(contentText(parts), () => images.shift());
}

/** A text with an image in place of each marker. */
function placed(text: string, next: () => ImagePart | undefined): readonly (string | ImagePart)[] {
  const [first = "", ...pieces] = text.split(IMAGE_MARKER);
  return joined([first, ...pieces.flatMap((piece) => [next() ?? "", piece])]);
}

/** Without empty texts, and texts that follow one another as one. */
function joined(content: readonly (string | ImagePart)[]): readonly (string | ImagePart)[] {
  const parts: (string | ImagePart)[] = [];
  for (const part of content) {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else if (part !== "") parts.push(part);
  }
  return parts.length === 0 ? [""] : parts;
}
