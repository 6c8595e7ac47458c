/** The engine's program files could not be fetched. */
export class EngineInstallError extends Error {
  override readonly name = "EngineInstallError";
  /**
   * @param reason - what went wrong and what to do, in sentences for a person
   * @param output - the end of what npm printed; empty if it never ran
   */
  constructor(
    reason: string,
    readonly output: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
