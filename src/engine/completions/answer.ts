import type { Readable } from "node:stream";

/** A request to a server, in any version of HTTP. */
export interface Asking {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @default none */
  readonly body: string | undefined;
  /** Ends the request, and with it what the server does for it. */
  readonly signal: AbortSignal;
}

/** A server's answer, whose body is still to be read. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
}
