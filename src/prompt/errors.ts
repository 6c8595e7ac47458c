import type { PromptFormatName } from "./prompt-format.js";

/** A model's chat template can't be rendered: it is broken, uses what the renderer lacks, or refuses the messages. */
export class ChatTemplateError extends Error {
  override readonly name = "ChatTemplateError";
  /** @param reason - what the template or its renderer said */
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The model's chat template can't be rendered: ${reason}`, options);
  }
}

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
