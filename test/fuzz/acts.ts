/** One thing a client does on a bare connection. Bytes are written as text, a character a byte, so that reports show them. */
export type Step =
  { readonly type: "send"; readonly text: string } | { readonly type: "pause"; readonly ms: number };

/**
 * How a client leaves a bare connection: once everything is answered, by ending its own side, by a reset after a while, or not
 * at all until the server does.
 */
export type Leave =
  | { readonly type: "answered" | "end" | "hold" }
  | { readonly type: "destroy"; /** At most 100. */ readonly afterMs: number };

/** What a client does on a connection of its own. */
export interface RawAct {
  readonly type: "raw";
  readonly protocol: "HTTP/1.1" | "HTTP/2" | "TLS";
  readonly steps: readonly Step[];
  readonly leave: Leave;
  /** How many whole answers must come; undefined where what was sent is broken, so that the server may close at any time. */
  readonly answers: number | undefined;
  /** Whether it reads what it's sent. */
  readonly deaf?: boolean;
}

/** A request that is HTTP, whatever it asks, sent by Node's own client. */
export interface RequestAct {
  readonly type: "request";
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  /** Whether over TLS. */
  readonly secure: boolean;
  /** Which server it asks: one that takes everybody, or one that wants keys. */
  readonly door: Door;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A character a byte. */
  readonly body: string;
  /** Bytes of the answer's body after which the client resets its stream or connection; undefined if it reads to the end. */
  readonly resetAfter?: number | undefined;
}

/** The two servers that are fuzzed: one takes everybody, one wants keys. */
export type Door = "open" | "locked";

export type Act = RawAct | RequestAct;
