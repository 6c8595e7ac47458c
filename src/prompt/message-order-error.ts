import type { PromptFormatName } from "./prompt-format.js";

/** A format can't carry the messages in this order. */
export class MessageOrderError extends Error {
  override readonly name = "MessageOrderError";
  /**
   * @param format - the prompt format that refuses them
   * @param index - the first message that is out of place; the number of messages if one is missing at the end
   * @param rule - the order it wants, as one sentence
   */
  constructor(
    readonly format: PromptFormatName,
    readonly index: number,
    rule: string,
  ) {
    super(`Message ${index + 1} is out of place in a ${format} prompt. ${rule}`);
  }
}
