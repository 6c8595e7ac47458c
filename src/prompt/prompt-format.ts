import { type LlamaFamily, type Message, type PartCapabilities, TEXT_ONLY } from "../bedrock/index.js";
import { PartNotRenderableError } from "./errors.js";

/**
 * How one family of models writes a conversation as text.
 *
 * A last message of the assistant is a *prefilled answer* that the model continues: it is written without its end-of-turn
 * marker. Otherwise the prompt ends where the model's answer begins.
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
   * @throws {PartNotRenderableError} a part isn't text.
   */
  render(messages: readonly Message[]): string;
  /** Reads the messages, each of one text part, out of a prompt; undefined if it has no marker of this format. Never throws. */
  parse(prompt: string): Message[] | undefined;
}

/** The parts of a message that the formats can write. */
export const RENDERED_PARTS: PartCapabilities = TEXT_ONLY;

/** Stands for an image in a prompt. Llama 3.2's and Llama 4's own token; the engine puts the image in its place. */
export const IMAGE_MARKER = "<|image|>";

/** The separator of a message's text parts. Bedrock's is unknown (inferred). */
const BETWEEN_PARTS = "\n";

/**
 * The text of a message: its parts, each on a line of its own.
 *
 * @throws {PartNotRenderableError} a part isn't text.
 */
export function textOf({ parts }: Message): string {
  let text = "";
  for (const [index, part] of parts.entries()) {
    if (part.type !== "text") throw new PartNotRenderableError(part.type);
    text += index === 0 ? part.text : `${BETWEEN_PARTS}${part.text}`;
  }
  return text;
}
