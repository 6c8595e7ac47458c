import { titleOf, type Column } from "./columns.js";

/** The measured behaviour of an SDK in its default configuration. */
export interface Behaviour {
  /** How often a request is sent if every response is 429 or 503. */
  readonly attempts: number;
  /**
   * How often a request is sent if its stream fails with a transient exception. The program sees the events of every attempt.
   * 1: the SDK doesn't retry.
   */
  readonly streamAttempts: number;
  /** Whether the SDK cancels the request when a program leaves a stream early, in the usual way of its language. */
  readonly cancelsOnBreak: boolean;
  /** The error after a connection cut in mid-stream; undefined if the stream ends as if it were complete. */
  readonly cut: string | undefined;
  /** Whether the SDK sends an API key over plain HTTP; if not, it throws. */
  readonly sendsApiKeyUnencrypted: boolean;
  /** Whether the SDK detects from a refusal that its clock is off, and retries with the right time. */
  readonly correctsClock: boolean;
}

const NODE = {
  attempts: 3,
  streamAttempts: 1,
  cancelsOnBreak: false,
  sendsApiKeyUnencrypted: true,
  correctsClock: true,
} as const;

const BOTO3 = { ...NODE, cut: "ProtocolError", sendsApiKeyUnencrypted: false, correctsClock: false } as const;

const JAVA = {
  ...NODE,
  attempts: 4,
  streamAttempts: 4,
  cancelsOnBreak: true,
  cut: "SdkClientException",
} as const;

const GO = { ...NODE, cancelsOnBreak: true, sendsApiKeyUnencrypted: false } as const;
const RUST = { ...NODE, cancelsOnBreak: true, cut: "DispatchFailure" } as const;

const behaviours: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ["JavaScript, HTTP/1.1", { ...NODE, cut: "ECONNRESET" }],
  ["JavaScript, h2c", { ...NODE, cut: undefined }],
  ["JavaScript, TLS h2", { ...NODE, cut: undefined }],
  ["boto3, HTTP/1.1", BOTO3],
  ["boto3, TLS HTTP/1.1", BOTO3],
  ["Java async, h2c", JAVA],
  ["Java async, TLS h2", JAVA],
  ["Java sync, HTTP/1.1", JAVA],
  ["Go, HTTP/1.1", { ...GO, cut: undefined }],
  ["Go, TLS h2", { ...GO, cut: "http2GoAwayError" }],
  ["Rust, HTTP/1.1", RUST],
  ["Rust, TLS h2", RUST],
]);

/** The known behaviour of a column. */
export function behaviourOf(column: Column): Behaviour {
  const known = behaviours.get(titleOf(column));
  if (known) return known;
  throw new Error(`The behaviour of ${titleOf(column)} isn't known.`);
}
