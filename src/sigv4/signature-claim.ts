import type { QueryParameter } from "./request-target.js";

/** What a signed request says of its signature, wherever it says it. Nothing of it is checked yet. */
export interface SignatureClaim {
  readonly algorithm: string;
  /** Key id, date, region, service and terminator, between slashes. */
  readonly credential: string;
  /** Names of headers, between semicolons. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** When it was made. */
  readonly date: string;
  /** For how many seconds it is to hold; undefined for a signature that is in the header. */
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  /** The part of the query that is signed. */
  readonly query: readonly QueryParameter[];
}
