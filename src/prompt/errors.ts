import type { LlamaFamily, Part } from "../bedrock/index.js";

/** A model's chat template can't be rendered: it is broken, needs a feature that the renderer lacks, or refuses the messages. */
export class ChatTemplateError extends Error {
  override readonly name = "ChatTemplateError";
  /** @param reason - the message of the template or its renderer */
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The model's chat template can't be rendered: ${reason}`, options);
  }
}

/** A prompt format doesn't allow the messages in this order. */
export class MessageOrderError extends Error {
  override readonly name = "MessageOrderError";
  /**
   * @param format - the prompt format
   * @param index - the first message out of order; the number of messages if one is missing at the end
   * @param rule - the order that the format requires, as one sentence
   */
  constructor(
    readonly format: LlamaFamily,
    readonly index: number,
    rule: string,
  ) {
    super(`Message ${index + 1} is out of order for a ${format} prompt. ${rule}`);
  }
}

/** A message has a part that can't be rendered. This is a mistake in the program, which must refuse such parts earlier. */
export class PartNotRenderableError extends Error {
  override readonly name = "PartNotRenderableError";
  /** @param part - the part's type */
  constructor(readonly part: Part["type"]) {
    super(`A part of type ${part} can't be rendered in this prompt. Refuse it before rendering.`);
  }
}
