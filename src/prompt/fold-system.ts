import type { ChatMessage } from "./prompt-format.js";

/** Puts the text of all system messages in front of the first user message, for templates that know no system role. */
export function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content.trim());
  const turns = messages.filter(({ role }) => role !== "system");
  const index = turns.findIndex(({ role }) => role === "user");
  const question = turns[index]?.content ?? "";
  const content = [...system, question].filter((text) => text !== "").join("\n\n");
  return turns.toSpliced(Math.max(index, 0), index < 0 ? 0 : 1, { role: "user", content });
}
