/** A place in a trace (W3C Trace Context): what a request tells of the span that caused it. */
export interface TraceContext {
  /** 32 hexadecimal digits in lower case, not all zero. */
  readonly traceId: string;
  /** 16 of them: the span that those who are called have for a parent. */
  readonly spanId: string;
  /** The flags, two digits; the lowest bit says that the trace is recorded. */
  readonly flags: string;
  /** `tracestate`: what the tracing systems on the way added. @default none */
  readonly state?: string | undefined;
}

/** A request's headers. */
interface Headers {
  header(name: string): string | undefined;
  headerValues(name: string): readonly string[];
}

/** Version 00; a later version may add parts, and version ff is none (Trace Context, 3.2.2 and 4). */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/u;

/** What all systems must be able to pass on (Trace Context, 3.3.1.5). A longer list is left out, as one that isn't printable. */
const TRACESTATE = /^[\t\x20-\x7e]{1,512}$/u;

/** The caller's trace; undefined if it sent none, several or one that isn't valid: the request begins a trace then. */
export function incomingTrace(headers: Headers): TraceContext | undefined {
  const sent = headers.header("traceparent");
  if (sent === undefined || headers.headerValues("traceparent").length !== 1) return undefined;
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(sent.trim()) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "00" && more !== undefined) return undefined;
  const state = headers.header("tracestate")?.trim();
  // of a later version only the lowest flag is known, and version 00 is what is sent on
  const known = version === "00" ? flags : `0${parseInt(flags, 16) & 1}`;
  return { traceId, spanId, flags: known, ...(state !== undefined && TRACESTATE.test(state) && { state }) };
}

/** The headers with which a request to another server joins a trace. */
export function traceHeaders({
  traceId,
  spanId,
  flags,
  state,
}: TraceContext): Readonly<Record<string, string>> {
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state !== undefined && { tracestate: state }),
  };
}
