import type { RequestFaults } from "./faults/index.js";
import type { RequestRecord } from "./observe/index.js";

/** A request as the operations see it, whatever it came over. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly path: string;
  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined;
  /** A header's values, one for each time it was sent. @param name - in lower case */
  headerValues(name: string): readonly string[];
  /**
   * Reads the whole body; it isn't read before. Calling it again gives the same.
   *
   * @throws {BedrockException} it is longer than the limit, or too much is held of others.
   * @throws {RequestTimeoutError} it didn't come in time.
   * @throws {ClientGoneError} the connection ended before.
   */
  body(): Promise<Uint8Array>;
  /** What it may suffer, of the faults asked for. */
  readonly faults?: RequestFaults | undefined;
  /** Whether as many requests run already as may: then it's refused. @default false */
  readonly crowdedOut?: boolean | undefined;
  /** Aborted with a {@link ClientGoneError}, {@link ReaderStalledError} or {@link ServerClosingError}. */
  readonly signal: AbortSignal;
  /** Calls back, once, when the request is over: its response has left, or never will. */
  onEnd(callback: () => void): void;
  /** When the request came, in ms of `performance.now()`. */
  readonly startedAt: number;
  /** What the log will tell; operations fill in what they know. */
  readonly record: RequestRecord;
}
