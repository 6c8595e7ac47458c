/** A model's weights aren't on this machine, or aren't Cria's to remove. */
export class ModelNotHereError extends Error {
  override readonly name = "ModelNotHereError";
  constructor(
    readonly modelId: string,
    message: string,
  ) {
    super(message);
  }
}
