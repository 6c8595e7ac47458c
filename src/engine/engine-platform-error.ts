/** There is no ready-made engine for this machine. */
export class EnginePlatformError extends Error {
  override readonly name = "EnginePlatformError";
  /**
   * @param platform - the machine, such as `linux-x64 (musl)`
   * @param reason - why there is none, in a sentence
   */
  constructor(
    readonly platform: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The engine can't run on ${platform}: ${reason} ` +
        "Cria still works here in front of another server or AWS (--on URL, --on aws).",
      options,
    );
  }
}
