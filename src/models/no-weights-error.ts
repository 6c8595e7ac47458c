/** There are no weights of a model that could be fetched, or not in the rounding that was asked for. */
export class NoWeightsError extends Error {
  override readonly name = "NoWeightsError";
  /**
   * @param quantization - the rounding that was asked for; undefined where there are no weights at all
   * @param reason - why, for a person, with what there is instead
   */
  constructor(
    readonly modelId: string,
    readonly quantization: string | undefined,
    reason: string,
  ) {
    super(reason);
  }
}
