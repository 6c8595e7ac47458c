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
}

const NODE = { attempts: 3, streamAttempts: 1, tellsOfBreak: false } as const;
const BOTO3 = { ...NODE, cut: "ProtocolError" } as const;
const JAVA = { attempts: 4, streamAttempts: 4, tellsOfBreak: true, cut: "SdkClientException" } as const;
const COMPILED = { attempts: 3, streamAttempts: 1, tellsOfBreak: true } as const;

const behaviours: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ["JavaScript, HTTP/1.1", { ...NODE, cut: "ECONNRESET" }],
  ["JavaScript, h2c", { ...NODE, cut: undefined }],
  ["JavaScript, TLS h2", { ...NODE, cut: undefined }],
  ["boto3, HTTP/1.1", BOTO3],
  ["boto3, TLS HTTP/1.1", BOTO3],
  ["Java async, h2c", JAVA],
  ["Java async, TLS h2", JAVA],
  ["Java sync, HTTP/1.1", JAVA],
  ["Go, HTTP/1.1", { ...COMPILED, cut: undefined }],
  ["Go, TLS h2", { ...COMPILED, cut: undefined }],
  ["Rust, HTTP/1.1", { ...COMPILED, cut: "DispatchFailure" }],
  ["Rust, TLS h2", { ...COMPILED, cut: "DispatchFailure" }],
]);

/** What is known of a column. */
export function behaviourOf(column: Column): Behaviour {
  const known = behaviours.get(titleOf(column));
  if (known) return known;
  throw new Error(`What the user of ${titleOf(column)} sees isn't known.`);
}
