/** A request with a signature, as far as verifying the signature needs it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as received, percent-encoded. */
  readonly path: string;
  /** A header's value. @param name - in lower case */
  header(name: string): string | undefined;
  /** The values of a header, one for each time it was sent. @param name - in lower case */
  headerValues(name: string): readonly string[];
  /** Reads the whole body. @returns its SHA-256, in hexadecimal */
  bodySha256(): Promise<string>;
}
