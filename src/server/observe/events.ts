import type { BedrockException } from "../../bedrock/index.js";

/** The first thing known of a request. */
export interface AcceptedEvent {
  readonly type: "accepted";
  /** What the response carries as `x-amzn-RequestId`. */
  readonly requestId: string;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly path: string;
  /** In ms of `performance.now()`. */
  readonly startedAt: number;
}

/** What happens to a request after it was accepted, in this order; `ended` always comes last. No event holds text of a prompt or a generation. */
export type RequestEvent =
  /** An operation takes it. */
  | {
      readonly type: "routed";
      /** As AWS names it. */
      readonly operation: string;
    }
  /** It names a model, which need not exist. */
  | {
      readonly type: "modelNamed";
      /** As the caller wrote it, decoded. */
      readonly modelId: string;
    }
  /** A fault that was asked for is injected. */
  | { readonly type: "faultInjected"; readonly kind: string }
  /** It's known which model answers. */
  | { readonly type: "modelChosen"; readonly name: string; readonly standIn: boolean }
  | { readonly type: "promptCounted"; readonly tokens: number }
  /** It's answered with an exception in place of a response. */
  | { readonly type: "refused"; readonly exception: BedrockException }
  /** The head of the response was written. */
  | { readonly type: "responded"; readonly status: number }
  /** A token was generated. */
  | {
      readonly type: "token";
      /** Tokens so far, this one included. */
      readonly count: number;
    }
  /** The generation is complete. */
  | {
      readonly type: "stopped";
      /** In the operation's words, such as `stop` or `end_turn`. */
      readonly reason: string;
    }
  /** Its stream ends with an exception frame. */
  | { readonly type: "failed"; readonly exception: BedrockException }
  /** The response didn't leave whole, or at all. */
  | {
      readonly type: "aborted";
      /** The client left or stopped reading; a fault was asked to cut the connection; or the server is at fault. */
      readonly by: "client" | "fault" | "server";
      readonly error: unknown;
    }
  /** All that it held has been given back. */
  | { readonly type: "ended"; readonly durationMs: number };

/**
 * Follows the requests of a server: it's called when a request is accepted, and what it returns is called with each later event of
 * that request. It must not throw.
 */
export type RequestWatcher = (accepted: AcceptedEvent) => (event: RequestEvent) => void;
