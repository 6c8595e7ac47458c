/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The prompt formats of Meta's chat models, by the family that was trained on each. */
export type PromptFormatName = "llama-2" | "llama-3" | "llama-3-1" | "llama-4";

/**
 * How one family of models writes a conversation as text.
 *
 * If the last message is the assistant's, it is a *begun answer* that the model continues: it's written without its
 * end-of-turn marker. Otherwise the prompt ends where the model's answer begins.
 *
 * `render` and `parse` are inverses on what the format can carry (each format says what that is). Nothing is escaped: a
 * content that contains a marker of the format reads as that marker, for `parse` and for the model alike.
 */
export interface PromptFormat {
  readonly name: PromptFormatName;
  /** Writes the messages as one prompt. */
  render(messages: readonly ChatMessage[]): string;
  /** Reads the messages out of a prompt; undefined if it bears no marker of this format. Never throws. */
  parse(prompt: string): ChatMessage[] | undefined;
}

/** Puts the text of all system messages in front of the first user message, for templates that know no system role. */
export function foldSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content.trim());
  const turns = messages.filter(({ role }) => role !== "system");
  const index = turns.findIndex(({ role }) => role === "user");
  const question = turns[index]?.content ?? "";
  const content = [...system, question].filter((text) => text !== "").join("\n\n");
  return turns.toSpliced(Math.max(index, 0), index < 0 ? 0 : 1, { role: "user", content });
}
