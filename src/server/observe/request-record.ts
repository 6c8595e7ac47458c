/** What the log tells of one request: never a prompt, never a generation. */
export interface RequestRecord {
  /** What the response carries as `x-amzn-RequestId`. */
  readonly requestId: string;
  readonly method: string;
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  /** Named as AWS names it; undefined where no route fits. */
  operation?: string;
  /** Where no route fits: what was asked for, its beginning. */
  path?: string;
  /** As the caller wrote it. */
  modelId?: string;
  /** The model that answered. */
  answeredBy?: string;
  /** Whether that was a stand-in. */
  standIn?: boolean;
  /** Undefined where the client left before there was one. */
  status?: number;
  promptTokens?: number;
  generatedTokens?: number;
  timeToFirstTokenMs?: number;
  durationMs?: number;
  stopReason?: string;
  /** The exception that was answered, or that ended the stream. */
  exception?: string;
  /** The fault asked for that it suffered; several, between commas. */
  fault?: string;
  /** The client left, or stopped reading, before the end. */
  abortedByClient?: boolean;
  /** What lies behind a failure of the server. */
  err?: unknown;
}
