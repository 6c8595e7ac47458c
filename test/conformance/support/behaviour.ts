import { titleOf, type Column } from "./columns.js";

/** What the user of an SDK, as it comes, is known to see: measured. */
export interface Behaviour {
  /** How often a request is sent that is answered 429 or 503. */
  readonly attempts: number;
  /**
   * How often a request is sent whose stream fails with an exception that passes. The program sees the events of every attempt.
   * One: the SDK leaves it to its user.
   */
  readonly streamAttempts: number;
  /** Whether the server is told where a program leaves a stream early, with what is natural in its language. */
  readonly tellsOfBreak: boolean;
  /** The error where the connection is cut in mid-stream; undefined where the stream seems to have come to its end. */
  readonly cut: string | undefined;
  /** Whether it sends an API key over plain HTTP; if not, it refuses to. */
  readonly sendsApiKeyUnencrypted: boolean;
  /** Whether it learns from a refusal that its clock is off, and asks again with the right time. */
  readonly correctsClock: boolean;
}

const NODE = {
  attempts: 3,
  streamAttempts: 1,
  tellsOfBreak: false,
  sendsApiKeyUnencrypted: true,
  correctsClock: true,
} as const;

const BOTO3 = { ...NODE, cut: "ProtocolError", sendsApiKeyUnencrypted: false, correctsClock: false } as const;

const JAVA = {
  ...NODE,
  attempts: 4,
  streamAttempts: 4,
  tellsOfBreak: true,
  cut: "SdkClientException",
} as const;

const GO = { ...NODE, tellsOfBreak: true, sendsApiKeyUnencrypted: false } as const;
const RUST = { ...NODE, tellsOfBreak: true, cut: "DispatchFailure" } as const;

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

/** What is known of a column. */
export function behaviourOf(column: Column): Behaviour {
  const known = behaviours.get(titleOf(column));
  if (known) return known;
  throw new Error(`What the user of ${titleOf(column)} sees isn't known.`);
}
