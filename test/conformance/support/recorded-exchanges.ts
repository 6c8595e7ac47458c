import type { ServeOptions } from "../../../src/server/index.js";

/** What a recorder kept of a response. */
export interface Recorder {
  /** As the README puts it. */
  readonly kept: string;
  /** `wire`: the body's bytes. `json`: what they mean; the bytes were made again, with the keys in the service's order. */
  readonly body: "wire" | "json";
  /** Whether the names of headers have their case. */
  readonly headerCase: boolean;
  /** Whether the headers stand in the order sent; else they are sorted. */
  readonly headerOrder: boolean;
  /** Headers that it dropped, in lower case. */
  readonly dropped: readonly string[];
}

/** What a recorded answer has otherwise than Cria's, each time for a reason. */
export const differences = {
  serverToolUsage:
    "It is older than November 2025. Since then Bedrock's `usage` has the key `serverToolUsage`; Cria sends it, and all else is rebuilt.",
  severalTokensInOneDelta:
    "Bedrock put up to three tokens into one delta here; Cria sends each token at once, alone. The text, all other events and the counts are rebuilt.",
  documentWords:
    "All is rebuilt, but in which words Bedrock gives a document to the model isn't known. Cria's were chosen because they give this count; for another document they may not.",
  guardrail:
    "A guardrail of the caller's account answered. Cria has none, and refuses a request that names one, as Bedrock does where it doesn't exist.",
} as const;

export type Difference = keyof typeof differences;

/** A recording, and how it is rebuilt. */
export interface RecordedExchange {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly recorder: Recorder;
  /** How the server has to be started. @default a server of the model in the path, without keys */
  readonly server?: ServeOptions | "expired-token";
  /** Headers of the request that the recorder noted beside it. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** What the model wrote, where the response has it in another form: with the end token, as many tokens as recorded. */
  readonly wrote?: string;
  readonly difference?: Difference;
}

const whole: Recorder = {
  kept: "body, headers in their order",
  body: "wire",
  headerCase: true,
  headerOrder: true,
  dropped: [],
};
const sorted: Recorder = { ...whole, kept: "body; headers sorted", headerOrder: false };
const lowerCase: Recorder = { ...whole, kept: "body; headers in their order, lower-case", headerCase: false };
const sortedLowerCase: Recorder = {
  ...sorted,
  kept: "body; headers sorted, lower-case",
  headerCase: false,
};
const parsed: Recorder = {
  ...sortedLowerCase,
  kept: "body as JSON; headers sorted, lower-case, without the length",
  body: "json",
  dropped: ["content-length"],
};
const stripped: Recorder = {
  ...parsed,
  kept: "body as JSON; content-type and connection",
  dropped: ["content-length", "date", "x-amzn-requestid"],
};

const STRICT_IDS: ServeOptions = { strictIds: true };

/** Every recording in `test/fixtures/recordings`. */
export const recordedExchanges: readonly RecordedExchange[] = [
  { name: "invalid-model-id.converse-stream", recorder: whole },
  { name: "llama2-13b-chat.expired-token", recorder: sorted, server: "expired-token" },
  { name: "llama2-13b-chat.invoke", recorder: sorted },
  { name: "llama2-13b-chat.invoke-inst", recorder: sorted },
  { name: "llama2-13b-chat.invoke.stop", recorder: lowerCase },
  { name: "llama2-13b-chat.invoke-with-response-stream", recorder: sorted },
  { name: "llama2-13b-chat.invoke-with-response-stream.stop", recorder: lowerCase },
  { name: "llama3-8b.converse", recorder: whole, difference: "serverToolUsage" },
  { name: "llama3-8b.invoke.length", recorder: parsed },
  { name: "llama3-8b.invoke.raw-prompt-512", recorder: sorted },
  { name: "llama3-8b.invoke.stop", recorder: parsed },
  { name: "llama3-8b.invoke-with-response-stream", recorder: whole },
  { name: "llama3-8b.invoke-with-response-stream.2", recorder: sortedLowerCase },
  { name: "llama3-8b.invoke-with-response-stream.raw-prompt", recorder: sorted },
  { name: "llama3-70b.invoke.length", recorder: parsed },
  { name: "llama3-70b.invoke.length-10", recorder: parsed },
  { name: "llama3-70b.invoke.raw-prompt", recorder: sorted },
  { name: "llama3-70b.invoke.stop", recorder: parsed },
  { name: "llama3-1-70b.invoke.on-demand-refused", recorder: parsed, server: STRICT_IDS },
  { name: "llama3-2-1b.converse", recorder: sorted, difference: "serverToolUsage" },
  { name: "llama3-2-1b.converse-stream", recorder: sorted, difference: "serverToolUsage" },
  { name: "llama3-2-3b.converse.basic", recorder: parsed },
  { name: "llama3-2-3b.converse.max-tokens-100", recorder: parsed },
  { name: "llama3-2-3b.converse.tools-refused", recorder: parsed },
  { name: "llama3-2-3b.converse.usage", recorder: parsed },
  { name: "llama3-3-70b.converse.basic", recorder: parsed },
  { name: "llama3-3-70b.converse.max-tokens-10", recorder: parsed },
  { name: "llama3-3-70b.converse.max-tokens-100", recorder: parsed },
  { name: "llama3-3-70b.converse.tools-hallucinated-call.2", recorder: parsed },
  {
    name: "llama3-3-70b.converse.tools-round-trip-1",
    recorder: parsed,
    wrote: '{"name": "add", "parameters": {"a": 2, "b": 3}}',
  },
  {
    name: "llama3-3-70b.converse.tools-typed-input",
    recorder: parsed,
    wrote:
      '{"type": "function", "name": "structured_output", "parameters": {"age": "30", "name": "John Doe", "occupation": "Software Engineer"}}',
  },
  {
    name: "llama3-3-70b.converse-stream.2",
    recorder: sortedLowerCase,
    difference: "severalTokensInOneDelta",
  },
  {
    name: "llama3-3-70b.invoke.guardrail-blocked",
    recorder: { ...parsed, dropped: [] },
    requestHeaders: {
      "X-Amzn-Bedrock-GuardrailIdentifier": "guardrail1234",
      "X-Amzn-Bedrock-GuardrailVersion": "DRAFT",
      "X-Amzn-Bedrock-Trace": "ENABLED",
    },
    difference: "guardrail",
  },
  {
    name: "llama4-maverick.converse.tools-call",
    recorder: stripped,
    wrote: '{"type": "function", "name": "get_file", "parameters": {}}',
  },
  {
    name: "llama4-maverick.converse.tools-call.2",
    recorder: stripped,
    wrote: '{"type": "function", "name": "get_file", "parameters": {}}',
  },
  {
    name: "llama4-maverick.converse.tool-result-document",
    recorder: stripped,
    difference: "documentWords",
  },
  { name: "llama4-scout.converse.on-demand-refused", recorder: parsed, server: STRICT_IDS },
];
