import type { BedrockException } from "../../bedrock/index.js";
import type { TraceContext } from "./trace-context.js";

/** The first event of a request. */
export interface AcceptedEvent {
  readonly type: "accepted";
  /** The response's `x-amzn-RequestId`. */
  readonly requestId: string;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly path: string;
  /** In ms of `performance.now()`. */
  readonly startedAt: number;
  /** The trace that the request belongs to: the caller's, or that of Cria's own span. Undefined if there is neither. */
  readonly trace: TraceContext | undefined;
}

/** The events after a request was accepted, in this order; `ended` is always the last. No event holds text of a prompt or a generation. */
export type RequestEvent =
  /** The operation is known, though the caller may yet be refused. */
  | {
      readonly type: "routed";
      /** As AWS spells it; or one of Cria's own: `Health` and others, and `Preflight`. */
      readonly operation: string;
    }
  /** The caller isn't answered, whatever it asks for: by its host or its origin. `refused` follows. */
  | {
      readonly type: "callerRefused";
      /** Why not, and what whoever runs the server can do. It has names that the caller chose. */
      readonly advice: string;
    }
  /** The operation is one of Bedrock's that Cria lacks. */
  | {
      readonly type: "missing";
      /** As AWS spells it. */
      readonly operation: string;
    }
  /** The request names a model, which may not exist. */
  | {
      readonly type: "modelNamed";
      /** As the caller wrote it, decoded. */
      readonly modelId: string;
    }
  /** The model exists. */
  | {
      readonly type: "modelFound";
      /** The id of the model itself, without a profile's prefix: one of the catalogue's. */
      readonly modelId: string;
      /** Whether the request names an ARN that was mapped to the model. */
      readonly mapped: boolean;
    }
  /** Whoever runs the server can make such requests succeed. */
  | {
      readonly type: "advised";
      /** What to do. */
      readonly advice: string;
    }
  /** A fault was injected. */
  | { readonly type: "faultInjected"; readonly kind: string }
  /** The model that answers is known. */
  | { readonly type: "modelChosen"; readonly name: string; readonly standIn: boolean }
  /** The request asks for a generation. */
  | {
      readonly type: "generationAsked";
      readonly maxTokens: number;
      readonly temperature: number;
      readonly topP: number;
    }
  /** The request has a sequence of the engine's. */
  | {
      readonly type: "admitted";
      /** Time in the engine's queue. */
      readonly waitMs: number;
    }
  | { readonly type: "promptCounted"; readonly tokens: number }
  /** An upstream can't answer, and another one is asked. */
  | {
      readonly type: "upstreamPassedOver";
      /** What the log calls it. */
      readonly name: string;
      /** Why it can't. */
      readonly reason: string;
    }
  /** Another service got the whole request, and begins to answer: what follows are its head and body. */
  | {
      readonly type: "passedOn";
      /** That of its response's `x-amzn-RequestId`. */
      readonly requestId: string | undefined;
      /** If its response is an exception. */
      readonly exception: string | undefined;
    }
  /** Another service told how many tokens it has generated in all. */
  | { readonly type: "generationCounted"; readonly tokens: number }
  /** The response is an exception. */
  | { readonly type: "refused"; readonly exception: BedrockException }
  /** The head of the response was written. */
  | {
      readonly type: "responded";
      readonly status: number;
      /** Whether the response is a stream. */
      readonly streamed: boolean;
    }
  /** A token was generated. */
  | {
      readonly type: "token";
      /** Tokens so far, this one included. */
      readonly count: number;
    }
  /** The generation is complete. */
  | {
      readonly type: "stopped";
      /** In the operation's own terms, such as `stop` or `end_turn`. */
      readonly reason: string;
    }
  /** The stream ends with an exception frame. */
  | { readonly type: "failed"; readonly exception: BedrockException }
  /** The response was sent in part or not at all. */
  | {
      readonly type: "aborted";
      /** `client`: it disconnected or stopped reading; `fault`: an injected fault cut the connection; `server`: the server failed. */
      readonly by: "client" | "fault" | "server";
      readonly error: unknown;
    }
  /** The request's resources have been released. */
  | { readonly type: "ended"; readonly durationMs: number };

/** Makes a span of a request. Neither function may throw. */
export type RequestTracer = (accepted: AcceptedEvent) => {
  /** Where the span is. */
  readonly trace: TraceContext;
  readonly onEvent: (event: RequestEvent) => void;
};

/**
 * Watches a server's requests: called when a request is accepted, it returns a function that is called with each later event of that
 * request. Neither function may throw.
 */
export type RequestWatcher = (accepted: AcceptedEvent) => (event: RequestEvent) => void;
