/** One step of a client on a raw connection. Bytes are written as text, one character for each byte, so that reports show them. */
export type Step =
  { readonly type: "send"; readonly text: string } | { readonly type: "pause"; readonly ms: number };

/**
 * How a client leaves a raw connection: once everything is answered, by ending its own side, by a reset after a while, or not
 * at all until the server does.
 */
export type Leave =
  | { readonly type: "answered" | "end" | "hold" }
  | { readonly type: "destroy"; /** At most 100. */ readonly afterMs: number };

/** What a client does on its own connection. */
export interface RawAct {
  readonly type: "raw";
  readonly protocol: "HTTP/1.1" | "HTTP/2" | "TLS";
  readonly steps: readonly Step[];
  readonly leave: Leave;
  /** The number of complete responses expected; undefined if the input is broken, so that the server may close at any time. */
  readonly answers: number | undefined;
  /** Whether the client never reads. */
  readonly neverReads?: boolean;
}

/** A valid HTTP request with any content, sent by Node's own client. */
export interface RequestAct {
  readonly type: "request";
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  /** Whether over TLS. */
  readonly secure: boolean;
  /** The server to call: one that needs no key, or one that needs a key. */
  readonly auth: FuzzAuth;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One character for each byte. */
  readonly body: string;
  /** Bytes of the response's body after which the client resets its stream or connection; undefined if it reads to the end. */
  readonly resetAfter?: number | undefined;
}

/** The two servers to fuzz: one needs no key, one needs a key. */
export type FuzzAuth = "none" | "keys";

export type Act = RawAct | RequestAct;
