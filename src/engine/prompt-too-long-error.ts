/** The prompt alone exceeds the context; nothing was evaluated. */
export class PromptTooLongError extends Error {
  override readonly name = "PromptTooLongError";
  /**
   * @param promptTokens - tokens of the prompt
   * @param contextLimit - tokens the context holds: the smaller of the engine's and the request's limit
   */
  constructor(
    readonly promptTokens: number,
    readonly contextLimit: number,
  ) {
    super(`The prompt is ${promptTokens} tokens long, but the context holds ${contextLimit}.`);
  }
}
