import { isLoopback } from "../../platform/index.js";
import type { SignedRequest } from "../../sigv4/index.js";

/** Decides who may call. */
export interface Authenticator {
  /**
   * Resolves where the caller may call.
   *
   * @throws {BedrockException} they may not: what AWS answers to such credentials, or to none. Also where the body, which a
   * signature covers, is longer than the limit.
   * @throws {KeyFileError} the keys can't be read.
   * @throws what {@link SignedRequest.body} throws.
   */
  authenticate(request: SignedRequest): Promise<void>;
}

/** Looks at nobody's credentials, right or wrong. */
export const acceptAnyone: Authenticator = { authenticate: () => Promise.resolve() };

/** Who may call: anyone who can reach the server, or only those with a key. */
export type AuthMode = "none" | "keys";

/**
 * What holds where a server listens on `host`: what was asked for; else anyone on this machine, and off it only those with a key.
 *
 * @param asked - undefined where nothing was
 */
export function authModeFor(host: string, asked: AuthMode | undefined): AuthMode {
  return asked ?? (isLoopback(host) ? "none" : "keys");
}
