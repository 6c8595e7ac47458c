import type { ServerResponse } from "node:http";

import type { Fault } from "./support/fault-proxy.js";

/** What a program with an AWS SDK sees. */
export interface Outcome {
  /** The exception's class; undefined if the answer is complete. */
  readonly error?: string;
  /** The HTTP status; undefined if the exception is a frame of a stream that had begun. */
  readonly status?: number;
  /** How often the SDK for JavaScript sent the request, with its default of three attempts. @default 1 */
  readonly attempts?: number;
}

/** A fault of a server, and what becomes of it. */
export interface FaultRow {
  readonly what: string;
  readonly fault: Fault;
  /** What a caller of InvokeModel gets. */
  readonly whole: Outcome;
  /** What a caller of InvokeModelWithResponseStream gets. @default the same as `whole` */
  readonly stream?: Outcome;
  /** Requests for a generation that reach the server in all attempts of InvokeModel. @default as many as there are attempts */
  readonly reached?: number;
  /** Whether the fault is silence, before the first token or between two. */
  readonly silent?: "before" | "between";
}

/** In what a server says, to see that it reaches no caller. */
export const CANARY_WORDS = "canary words of the server";

/** Events that pass before a stream is disturbed: a few tokens, whatever the server says first. */
const BEFORE = 6;

const body = JSON.stringify({ error: { message: CANARY_WORDS, type: "x" } });
const answer = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  ...{ kind: "answer", status, headers, body },
});

/** Passes events on, and does something else from {@link BEFORE} on. */
const afterSome = (then: (to: ServerResponse, event: string) => void): Fault => ({
  kind: "events",
  change: (event, index, end, to) => {
    if (index < BEFORE && !end) to.write(event);
    else if (index === BEFORE) then(to, event);
  },
});

/** Passes the events on that `keeps` lets through. */
const only = (keeps: (event: string) => boolean): Fault => ({
  kind: "events",
  change: (event, _index, end, to) => {
    if (end) to.end();
    else if (keeps(event)) to.write(event);
  },
});

const isSse = (event: string) => event.startsWith("data:");
/** An event as the server frames them. */
const framed = (like: string, json: string) => (isSse(like) ? `data: ${json}\n\n` : `${json}\n`);

const busy: Outcome = { error: "ThrottlingException", status: 429, attempts: 3 };
const unavailable: Outcome = { error: "ServiceUnavailableException", status: 503, attempts: 3 };
const modelError: Outcome = { error: "ModelErrorException", status: 424 };
const streamError: Outcome = { error: "ModelStreamErrorException" };
const complete: Outcome = {};

export const faults: readonly FaultRow[] = [
  { what: "429", fault: answer(429), whole: busy },
  {
    what: "429 with `Retry-After: 20`",
    fault: answer(429, { "retry-after": "20" }),
    whole: busy,
    reached: 1,
  },
  {
    what: "429 with `Retry-After` as a date",
    fault: answer(429, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() }),
    whole: busy,
    reached: 1,
  },
  {
    what: "503",
    fault: answer(503),
    whole: { error: "ModelNotReadyException", status: 429, attempts: 3 },
  },
  { what: "500", fault: answer(500), whole: unavailable },
  { what: "401", fault: answer(401), whole: unavailable },
  { what: "404, as for a model that it no longer has", fault: answer(404), whole: unavailable },
  { what: "302, as a login page's", fault: answer(302, { location: "/login" }), whole: unavailable },
  { what: "400", fault: answer(400), whole: modelError },
  {
    what: "400: the prompt exceeds the context",
    fault: {
      ...{ kind: "answer", status: 400 },
      body: JSON.stringify({ error: { message: CANARY_WORDS, n_prompt_tokens: 9000, n_ctx: 4096 } }),
    },
    whole: { error: "ValidationException", status: 400 },
  },
  {
    what: "200 with a web page instead of events",
    fault: { ...answer(200, { "content-type": "text/html" }), body: `<p>${CANARY_WORDS}</p>\n` } as Fault,
    whole: modelError,
  },
  { what: "closes the connection before it answers", fault: { kind: "cut" }, whole: unavailable },
  { what: "its head takes 3 s", fault: { kind: "slow", ms: 3_000 }, whole: complete },
  {
    what: "silence before the first token",
    fault: { kind: "slow", ms: 3_600_000 },
    whole: modelError,
    silent: "before",
  },
  {
    what: "silence in mid-stream",
    fault: afterSome(() => undefined),
    whole: modelError,
    stream: streamError,
    silent: "between",
  },
  {
    what: "the connection is cut in mid-stream",
    // a moment later: what came in the same moment may be lost with the connection
    fault: afterSome((to) => void setTimeout(() => to.destroy(), 200)),
    whole: modelError,
    stream: streamError,
  },
  {
    what: "the stream ends early, within an event",
    fault: afterSome((to, event) => to.end(event.slice(0, event.length / 2))),
    whole: modelError,
    stream: streamError,
  },
  {
    what: "an event that isn't JSON",
    fault: afterSome((to, event) => to.end(framed(event, `{${CANARY_WORDS}`))),
    whole: modelError,
    stream: streamError,
  },
  {
    what: "an error object in mid-stream",
    fault: afterSome((to, event) => to.end(framed(event, body))),
    whole: modelError,
    stream: streamError,
  },
  {
    what: "no reason for the end",
    fault: only((event) => !/"(?:finish_reason":\s*"|(?:stop|done)":\s*true)/u.test(event)),
    whole: modelError,
    stream: streamError,
  },
  { what: "no `[DONE]`", fault: only((event) => !event.includes("[DONE]")), whole: complete },
  { what: "all events in one piece", fault: { kind: "pieces", bytes: Infinity }, whole: complete },
  { what: "events in pieces of three bytes", fault: { kind: "pieces", bytes: 3 }, whole: complete },
];
