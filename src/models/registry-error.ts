/** The file that says which models are here can't be read, or says something else. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}. Delete it to begin anew: models are then to be added again.`, options);
  }
}
