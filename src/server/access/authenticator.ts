import type { ApiRequest } from "../api-request.js";

/** Decides who may call. */
export interface Authenticator {
  /**
   * Resolves where the caller may call.
   *
   * @throws {BedrockException} they may not: what AWS answers to such credentials, or to none. Also where the body, which a
   * signature covers, is longer than the limit.
   * @throws {KeyFileError} the keys can't be read.
   * @throws what {@link ApiRequest.body} throws.
   */
  authenticate(request: ApiRequest): Promise<void>;
}

/** Looks at nobody's credentials, right or wrong. */
export const acceptAnyone: Authenticator = { authenticate: () => Promise.resolve() };
