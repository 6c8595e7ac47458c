/** Messages can't be rendered for this model id: its prompt format isn't known, or it has none. */
export class UnknownPromptFormatError extends Error {
  override readonly name = "UnknownPromptFormatError";
  /**
   * @param modelId - as the caller gave it
   * @param why - a sentence
   */
  constructor(
    readonly modelId: string,
    why: string,
  ) {
    super(`The messages can't be written as a prompt for ${modelId}: ${why} Give a whole prompt instead.`);
  }
}
