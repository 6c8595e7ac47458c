import type { Readable, Writable } from "node:stream";

/** What carries a request. */
export type Protocol = "HTTP/1.1" | "HTTP/2";

/**
 * A response's status and headers as Amazon sends them over HTTP/1.1: all of them, in order. A transport leaves out those that its
 * protocol has no place for.
 */
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether the body is a stream, which may take long. */
  readonly streamed: boolean;
}

/** One request and its response, whichever protocol carries it. */
export interface Exchange {
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined;
  /** A header's values, one for each time it was sent. @param name - in lower case */
  headerValues(name: string): readonly string[];
  /** The request's body. */
  readonly readable: Readable;
  /** Where the response's body is written. */
  readonly writable: Writable;
  /** Sends the head at once. @param last - whether the connection is to end with this response */
  writeHead(head: ResponseHead, last: boolean): void;
  /**
   * Whether the end of the body is to wait until its reader has had time for the last frame: a stream whose client asked for the
   * connection's end with it. Known once the head is written.
   */
  readonly delaysEnd: boolean;
  /** Ends the body, once nothing is in the way of that. */
  end(): Promise<void>;
  /** Whether the response left whole. */
  isComplete(): boolean;
  /**
   * Ends everything.
   *
   * @param what - `stream`: at once, for nobody reads; on HTTP/2 only this stream is reset. `connection`: the whole connection is
   * closed, once what was written before has left
   */
  cut(what: "stream" | "connection"): void;
  /** Calls back, once, if the client leaves before the response is complete. */
  onGone(callback: () => void): void;
}
