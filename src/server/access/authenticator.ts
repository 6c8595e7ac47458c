import { isLoopback } from "../../platform/index.js";
import type { Proof, SignedRequest } from "../../sigv4/index.js";

/** Decides who may call. */
export interface Authenticator {
  /**
   * Checks what a request's head tells about its caller. Reads nothing of the body.
   *
   * @returns the proof that the caller still owes; undefined if there is none, so that the caller may call
   * @throws {BedrockException} the caller may not call: AWS's answer to such credentials, or to none.
   * @throws {KeyFileError} the keys can't be read.
   */
  identify(request: SignedRequest): Promise<Proof | undefined>;
}

/** Ignores credentials, right or wrong. */
export const acceptAnyone: Authenticator = { identify: () => Promise.resolve(undefined) };

/** Who may call: `none` for anyone who can reach the server, `keys` for callers with a key. */
export type AuthMode = "none" | "keys";

/**
 * The mode for a server that listens on `host`: by default `none` on loopback, else `keys`.
 *
 * @param asked - the mode asked for; undefined for the default
 */
export function authModeFor(host: string, asked: AuthMode | undefined): AuthMode {
  return asked ?? (isLoopback(host) ? "none" : "keys");
}
