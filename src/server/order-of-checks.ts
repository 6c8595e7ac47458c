/** A check that a request has to pass. */
export interface Check {
  /** What comments call it where it is made: `check: model`. */
  readonly name: string;
  /** What has to be true. */
  readonly passes: string;
  /** The file that makes it, below `src/server`. */
  readonly file: string;
}

/**
 * The checks in Bedrock's order: of two things that are wrong, the caller learns of the one that comes first here. That the model id
 * comes before the body is recorded, and that a bare id is refused before the rules of a conversation; the rest of the order is inferred.
 * `test/conformance/order-of-checks.test.ts` sends requests with two and three things wrong.
 */
export const orderOfChecks: readonly Check[] = [
  {
    name: "caller",
    passes:
      "The request names one host, which is the server's where no key is asked for, and no web page sent it, unless its origin is allowed. Cria's own check: Bedrock answers every page.",
    file: "callers/callers.ts",
  },
  { name: "route", passes: "An operation has the request's method and path.", file: "handle.ts" },
  {
    name: "credentials",
    passes:
      "The caller names a known key that hasn't expired, where keys are asked for; an API key is proved by that. Nothing of the body is read, and nothing is held for the request.",
    file: "access/key-authenticator.ts",
  },
  {
    name: "slot",
    passes: "The server has a free slot for the request. Bedrock's throttling error, else.",
    file: "request.ts",
  },
  {
    name: "signature",
    passes:
      "The signature is right, where keys are asked for. It covers the body, so the body is read here then, up to the limit of its length.",
    file: "handle.ts",
  },
  {
    name: "model",
    passes:
      "The model id names a Llama model, or is an ARN that was mapped to one; with `--strict-ids` it isn't the bare id of a model that needs an inference profile; and the caller has access to the model. The body isn't read before.",
    file: "generation/find-model.ts",
  },
  {
    name: "headers",
    passes:
      "The headers fit the API model, the content type and the accepted type are JSON, no guardrail is named, and the service tier and latency are the model's (native operations).",
    file: "operations/native/native-input.ts",
  },
  { name: "length", passes: "The body isn't longer than the limit.", file: "transport/read-body.ts" },
  {
    name: "json",
    passes: "The body is JSON.",
    file: "operations/native/native-input.ts",
  },
  {
    name: "schema",
    passes:
      "The body fits the model's native schema; or the API model's types, then its constraints, then what Llama models don't have, then the rules of a conversation (Converse).",
    file: "operations/converse/converse-input.ts",
  },
  {
    name: "throttling",
    passes: "There is room for the request: a free sequence in time, and no fault that was asked for.",
    file: "generation/start-generation.ts",
  },
  {
    name: "context",
    passes: "The prompt fits into the model's context.",
    file: "generation/start-generation.ts",
  },
];
