import { EngineStoppedError, EngineUnavailableError } from "../errors.js";

/**
 * What a server did, for whoever runs Cria: its host, its status, its words. It is only ever the cause of an engine's error. Callers see that error's own
 * message, which tells none of this. Ends inside.
 */
export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";
  /** Whether the server hasn't what it was asked for (404): the path, or the model. */
  readonly missing: boolean;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options);
    this.missing = options.missing ?? false;
  }
}

interface FailureOptions extends ErrorOptions {
  /** @default false */
  readonly missing?: boolean;
}

/** A server refused a request for what it holds. Ends inside: callers see the errors of an engine. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /**
   * @param message - as an {@link UpstreamFailure}'s
   * @param answer - the server's JSON, if it is any
   */
  constructor(
    message: string,
    readonly answer: unknown,
  ) {
    super(message);
  }
}

/**
 * A server can't be used.
 *
 * @param sentence - for callers, who are told nothing of the server itself
 * @param detail - for whoever runs Cria
 */
export function unavailable(
  sentence: string,
  detail: string,
  { loading = false, ...options }: FailureOptions & { readonly loading?: boolean } = {},
): EngineUnavailableError {
  return new EngineUnavailableError(sentence, loading, { cause: new UpstreamFailure(detail, options) });
}

/** A generation ended too early, or was refused. @param sentence - and `detail` as {@link unavailable} takes them */
export function stopped(
  sentence: string,
  detail: string,
  { refused = false, ...options }: ErrorOptions & { readonly refused?: boolean } = {},
): EngineStoppedError {
  return new EngineStoppedError(sentence, { refused, cause: new UpstreamFailure(detail, options) });
}

/** Whether a server hasn't what it was asked for: the path, or the model. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof UpstreamFailure && error.cause.missing;
}

/** What happened, for whoever runs Cria. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof UpstreamFailure ? error.cause.message : error.message;
}
