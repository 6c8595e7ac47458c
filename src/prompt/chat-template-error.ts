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
