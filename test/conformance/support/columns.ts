/** A language that a conformance client is written in. */
export type Language = "JavaScript" | "Python" | "Java" | "Go" | "Rust";

/** An AWS SDK, as named in the tables; Java's has two clients that behave differently. */
export type Sdk = "JavaScript" | "boto3" | "Java async" | "Java sync" | "Go" | "Rust";

/** One column of the matrix: an SDK with an HTTP version. */
export interface Column {
  readonly sdk: Sdk;
  /** As named in the tables. */
  readonly http: "HTTP/1.1" | "h2c" | "TLS HTTP/1.1" | "TLS h2";
  readonly language: Language;
  /** The client's transport: the SDK's default, or another that it has. */
  readonly transport: "default" | "http1" | "sync";
  /** Whether the column is run against AWS, which has TLS only: one column for each transport that differs there. */
  readonly onAws: boolean;
}

export const columns: readonly Column[] = [
  column("JavaScript", "HTTP/1.1", "JavaScript", "http1", true),
  column("JavaScript", "h2c", "JavaScript", "default", false),
  column("JavaScript", "TLS h2", "JavaScript", "default", true),
  column("boto3", "HTTP/1.1", "Python", "default", false),
  column("boto3", "TLS HTTP/1.1", "Python", "default", true),
  column("Java async", "h2c", "Java", "default", false),
  column("Java async", "TLS h2", "Java", "default", true),
  column("Java sync", "HTTP/1.1", "Java", "sync", true),
  column("Go", "HTTP/1.1", "Go", "default", false),
  column("Go", "TLS h2", "Go", "default", true),
  column("Rust", "HTTP/1.1", "Rust", "default", false),
  column("Rust", "TLS h2", "Rust", "default", true),
];

/** The name of a column, in tests and tables. */
export function titleOf({ sdk, http }: Column): string {
  return `${sdk}, ${http}`;
}

/** Whether the column's connections are encrypted. */
export function isEncrypted({ http }: Column): boolean {
  return http.startsWith("TLS");
}

function column(
  sdk: Sdk,
  http: Column["http"],
  language: Column["language"],
  transport: Column["transport"],
  onAws: boolean,
): Column {
  return { sdk, http, language, transport, onAws };
}
