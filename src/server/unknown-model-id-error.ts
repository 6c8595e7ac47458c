/** A model file was said to be a model that Bedrock doesn't have. */
export class UnknownModelIdError extends Error {
  override readonly name = "UnknownModelIdError";
  /** @param known - ids to choose from */
  constructor(
    readonly modelId: string,
    readonly known: readonly string[],
  ) {
    super(`${modelId} is not the id of a Llama model on Bedrock. There are: ${known.join(", ")}`);
  }
}
