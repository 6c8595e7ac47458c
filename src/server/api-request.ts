import type { RequestRecord } from "./request-record.js";

/** A request as the operations see it, whatever it came over. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly path: string;
  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined;
  /**
   * Reads the whole body; it isn't read before. To be called once.
   *
   * @throws {BedrockException} it is longer than the limit.
   * @throws {RequestTimeoutError} it didn't come in time.
   * @throws {ClientGoneError} the connection ended before.
   */
  body(): Promise<Uint8Array>;
  /** Aborted with a {@link ClientGoneError}, {@link ReaderStalledError} or {@link ServerClosingError}. */
  readonly signal: AbortSignal;
  /** When the request came, in ms of `performance.now()`. */
  readonly startedAt: number;
  /** What the log will tell; operations fill in what they know. */
  readonly record: RequestRecord;
}
