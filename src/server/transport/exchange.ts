import type { Readable, Writable } from "node:stream";

import type { Connection } from "./connections.js";

/** The protocol of a request. */
export type Protocol = "HTTP/1.1" | "HTTP/2";

/** A header's name and value. */
export type Header = readonly [name: string, value: string];

/**
 * A response's status and headers as Bedrock sends them over HTTP/1.1: all of them, in order. A transport drops the headers that its
 * protocol doesn't allow.
 */
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly Header[];
  /** Whether the body is a stream, which may take a long time. */
  readonly streamed: boolean;
}

/** One request and its response, over either protocol. */
export interface Exchange {
  readonly protocol: Protocol;
  /** The connection that it came on. */
  readonly connection: Connection;
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** The host that the request names, as {@link namedHost} gives it; undefined if it doesn't name exactly one. */
  readonly host: string | undefined;
  /** The names of the request's headers, in lower case, each once. */
  readonly headerNames: readonly string[];
  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined;
  /** A header's values, one for each time it was sent. @param name - in lower case */
  headerValues(name: string): readonly string[];
  /** The request's body. */
  readonly readable: Readable;
  /** The response's body. */
  readonly writable: Writable;
  /** Whether the client has gone, or has reset the request. */
  readonly isGone: boolean;
  /** Whether the client could take a byte of the response's body now, as far as can be told. */
  readonly canTake: boolean;
  /** Whether more of the request's body is to come. */
  readonly isUnread: boolean;
  /**
   * To be awaited before {@link writeHead}, where the answer comes before the body was read. On HTTP/2 it reads and discards the body, up
   * to its end or a limit: an answer before that end resets the stream, and a client in Node that has yet to send more than some
   * megabytes then never learns of the answer (measured). On HTTP/1.1 {@link end} does that, behind the head.
   *
   * @param signal - ends the wait
   */
  discardBody(signal: AbortSignal): Promise<void>;
  /** Sends the head at once. @param last - whether to close the connection after this response */
  writeHead(head: ResponseHead, last: boolean): void;
  /**
   * Whether to delay the end of the body, so that the client can read the last frame first: for a stream whose client asked for the
   * connection to be closed. Known once the head is written.
   */
  readonly delaysEnd: boolean;
  /** Ends the body; on HTTP/1.1 an unread request body is drained first. */
  end(): Promise<void>;
  /** Whether the whole response has been sent. */
  isComplete(): boolean;
  /**
   * Ends an incomplete exchange.
   *
   * @param what - `stream`: at once; on HTTP/2 only this stream is reset. `connection`: the whole connection is closed, once the bytes
   * written before are sent
   */
  cut(what: "stream" | "connection"): void;
  /** Registers a callback that runs once if the client disconnects before the response is complete. */
  onGone(callback: () => void): void;
}
