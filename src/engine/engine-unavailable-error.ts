/** The engine can't take requests. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
  /**
   * @param message - why, in a sentence for a person
   * @param loading - true while the model is being loaded, so that trying again later helps
   */
  constructor(
    message: string,
    readonly loading: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
