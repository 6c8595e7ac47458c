import type { LlamaFamily, Part } from "../bedrock/index.js";

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
    readonly format: LlamaFamily,
    readonly index: number,
    rule: string,
  ) {
    super(`Message ${index + 1} is out of place in a ${format} prompt. ${rule}`);
  }
}

/** A message holds a part that can't be rendered. A mistake of the program: it must refuse such a part before. */
export class PartNotRenderableError extends Error {
  override readonly name = "PartNotRenderableError";
  /** @param part - the part's type */
  constructor(readonly part: Part["type"]) {
    super(`A part of type ${part} can't be rendered in a prompt: only text can. Refuse it before rendering.`);
  }
}
