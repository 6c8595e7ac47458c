import { SourceError } from "./source-error.js";

/** A download broke off; trying again may get further. */
export class DownloadCutError extends SourceError {
  override readonly name = "DownloadCutError";
  /**
   * @param answered - false if the server couldn't be connected to, or never answered
   * @param retryAfterMs - how long the server asks to wait, in ms
   */
  constructor(
    message: string,
    readonly answered: boolean,
    options?: ErrorOptions & { readonly retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
  readonly retryAfterMs: number | undefined;
}
