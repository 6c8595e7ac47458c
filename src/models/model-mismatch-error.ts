/** A file holds another model than the one it was named as. */
export class ModelMismatchError extends Error {
  override readonly name = "ModelMismatchError";
  /** @param reason - what differs, for a person */
  constructor(
    readonly path: string,
    readonly modelId: string,
    readonly reason: string,
  ) {
    super(`${path} can't be ${modelId}: ${reason}.`);
  }
}
