import { isLoopback } from "../../platform/index.js";
import type { SignedRequest } from "../../sigv4/index.js";

/** Decides who may call. */
export interface Authenticator {
  /**
   * Resolves if the caller may call.
   *
   * @throws {BedrockException} the caller may not: AWS's answer to such credentials, or to none. Also thrown if the body, which a
   * signature covers, exceeds the limit.
   * @throws {KeyFileError} the keys can't be read.
   * @throws what {@link SignedRequest.body} throws.
   */
  authenticate(request: SignedRequest): Promise<void>;
}

/** Ignores credentials, right or wrong. */
export const acceptAnyone: Authenticator = { authenticate: () => Promise.resolve() };

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
