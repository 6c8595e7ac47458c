import type { LlamaFamily, Message } from "../bedrock/index.js";
import { PartNotRenderableError } from "./errors.js";
import { contentText } from "./turns.js";

/**
 * How one family of models writes a conversation as text.
 *
 * A last message of the assistant is a *prefilled answer* that the model continues: it is written without its end-of-turn
 * marker. Otherwise the prompt ends where the model's answer begins.
 *
 * This is the form that Meta documents, for programs that write their own prompts; Converse's is {@link conversePrompt}'s.
 *
 * `render` and `parse` are inverses for messages of one text part, within what the format can carry (each format says what
 * that is). Nothing is escaped: a text that contains a marker of the format reads as that marker, for `parse` and for the
 * model alike.
 */
export interface PromptFormat {
  /** The models that were trained on the format. */
  readonly name: LlamaFamily;
  /**
   * Writes the messages as one prompt.
   *
   * @throws {PartNotRenderableError} a part is neither text nor a document that has been read.
   */
  render(messages: readonly Message[]): string;
  /** Reads the messages, each of one text part, out of a prompt; undefined if it has no marker of this format. Never throws. */
  parse(prompt: string): Message[] | undefined;
}

/**
 * The text of a message: its parts, each on a line of its own.
 *
 * @throws {PartNotRenderableError} a part is neither text nor a document that has been read.
 */
export function textOf({ parts }: Message): string {
  const other = parts.find(({ type }) => type !== "text" && type !== "document");
  if (other) throw new PartNotRenderableError(other.type);
  return contentText(parts);
}
