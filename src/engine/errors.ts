/**
 * All sequences are busy and the queue is full, no sequence came free in time, or the prompt would take longer to evaluate than
 * callers wait. Trying again later may help.
 */
export class EngineBusyError extends Error {
  override readonly name = "EngineBusyError";
}

/** The engine's program files could not be fetched. */
export class EngineInstallError extends Error {
  override readonly name = "EngineInstallError";
  /**
   * @param reason - what went wrong and what to do, in full sentences for the user
   * @param output - the last lines that npm printed; empty if it never ran
   */
  constructor(
    reason: string,
    readonly output: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** There is no prebuilt engine for this machine. */
export class EnginePlatformError extends Error {
  override readonly name = "EnginePlatformError";
  /**
   * @param platform - the machine, such as `linux-x64 (musl)`
   * @param reason - why there is none, in one sentence
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

/** The GPU API that was asked for can't be used on this machine. */
export class GpuUnavailableError extends Error {
  override readonly name = "GpuUnavailableError";
  /**
   * @param gpu - what was asked for
   * @param reason - why it can't be used, as a clause
   * @param advice - what to do, in full sentences
   */
  constructor(
    readonly gpu: string,
    readonly reason: string,
    advice: string,
    options?: ErrorOptions,
  ) {
    super(`--gpu ${gpu} can't be used here: ${reason}. ${advice}`, options);
  }
}

/** The engine died, or was closed, in the middle of a generation. */
export class EngineStoppedError extends Error {
  override readonly name = "EngineStoppedError";
  /** Whether the engine's server refused the request itself, as another would too. */
  readonly refused: boolean;

  constructor(message: string, options?: ErrorOptions & { readonly refused?: boolean }) {
    super(message, options);
    this.refused = options?.refused ?? false;
  }
}

/** A generation exceeded the time limit and was ended. */
export class EngineTimeoutError extends Error {
  override readonly name = "EngineTimeoutError";
  /** @param limitMs - the time limit, in milliseconds */
  constructor(readonly limitMs: number) {
    super(`The generation took longer than ${limitMs / 1000} s.`);
  }
}

/**
 * A request has images, and the engine doesn't take any. Its capabilities say so, unless it is a server that tells only when it is asked.
 */
export class EngineImagesError extends Error {
  override readonly name = "EngineImagesError";
  /** @param images - how many the request has */
  constructor(
    readonly images: number,
    options?: ErrorOptions,
  ) {
    super(`The engine sees no images, and the request has ${images}.`, options);
  }
}

/** A request has images and something that the engine can't take beside them. The message says what, in one sentence for the caller. */
export class EngineChatError extends Error {
  override readonly name = "EngineChatError";
  /** @param what - that can't be taken, as the object of a sentence */
  constructor(readonly what: string) {
    super(`The server that has the model takes images in a conversation alone, which can't carry ${what}.`);
  }
}

/** The engine can't take requests: its model isn't loaded, can't be loaded, or the engine is closed. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";
  /**
   * @param message - the reason, in one sentence for the user
   * @param loading - true while the model is being loaded: trying again later helps
   */
  constructor(
    message: string,
    readonly loading: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The most names of models that a message has: a server of adapters may have hundreds. */
const MAX_NAMES = 8;

/** The server behind an engine doesn't have the model that was named, or has several and none was named, or no list of them. Waiting doesn't help. */
export class UpstreamModelError extends Error {
  override readonly name = "UpstreamModelError";
  /**
   * @param host - the server, as `host:port`
   * @param models - the names of the models that it has
   * @param wanted - the name that it hasn't; undefined if none was given
   * @param missing - the path at which it should list its models, and answered 404
   */
  constructor(
    readonly host: string,
    readonly models: readonly string[],
    readonly wanted: string | undefined,
    readonly missing?: string,
  ) {
    super(`${host} ${modelProblem(models, wanted, missing)}`);
  }
}

/** @returns what a server has instead of the one model, and what to write */
function modelProblem(models: readonly string[], wanted: string | undefined, missing?: string): string {
  if (missing !== undefined) {
    return `answered 404 to ${missing}, where it should list its models. Is the path of its URL right? Or is it another kind of server: dialect=NAME (in a file, \`dialect: NAME\`) says which.`;
  }
  const [first] = models;
  if (first === undefined) return "lists no models: load one there, or mend its URL.";
  const more = models.length - MAX_NAMES;
  const names = models.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const write = (name: string) => `write model=${name} after its URL (in a file, \`model: ${name}\`).`;
  return wanted === undefined
    ? `has several models: ${names}. Say which one is meant: ${write(first)}`
    : `has no model named ${wanted}. It has ${names}: ${write(models.length === 1 ? first : "NAME")}`;
}

/** The prompt alone exceeds the context. Nothing was evaluated. */
export class PromptTooLongError extends Error {
  override readonly name = "PromptTooLongError";
  /**
   * @param promptTokens - tokens of the prompt
   * @param contextLimit - tokens the context holds: the engine's limit or the request's, whichever is smaller
   */
  constructor(
    readonly promptTokens: number,
    readonly contextLimit: number,
  ) {
    super(`The prompt is ${promptTokens} tokens long, but the context holds ${contextLimit}.`);
  }
}

/** The model's tokenizer can't take a text: it takes more memory or time than it may. Nothing else is affected. */
export class TextNotTokenizedError extends Error {
  override readonly name = "TextNotTokenizedError";
  /** @param limit - what it exceeds, in a few words */
  constructor(limit: string, options?: ErrorOptions) {
    super(
      `The model's tokenizer can't take this text: it needs more than ${limit}. The text is too long, or has too many letters, spaces, line breaks or marks of one kind in a row. Send it in shorter pieces.`,
      options,
    );
  }
}

/** A script of a scripted engine is wrong, or has no answer for a prompt. The message says what is wrong, and in which entry. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}
