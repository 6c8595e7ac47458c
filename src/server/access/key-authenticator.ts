import { authorizationMissing, invalidApiKey, invalidSignature } from "../../bedrock/index.js";
import { identifySigner, isPresigned, splitTarget } from "../../sigv4/index.js";
import type { Authenticator } from "./authenticator.js";
import { isValidApiKey } from "./key-set.js";
import type { KeySource } from "./key-source.js";

/**
 * Accepts requests that prove a key: with a signature (AWS Signature Version 4, in the `Authorization` header or in a presigned
 * URL) or with an API key (`Authorization: Bearer`).
 *
 * The first of these checks that fails determines the exception:
 *
 * 1. the request has one proof, not two (header and query)
 * 2. it has one at all
 * 3. an API key is known and hasn't expired; nothing else is checked then
 * 4. a signature is right ({@link identifySigner} has the order of its checks)
 *
 * Users have measured that 1 comes before 2, and 2 before 4, on another AWS service.
 *
 * @param options.now - the clock, in ms since 1970. @default Date.now
 */
export function createKeyAuthenticator(
  keys: KeySource,
  { now = Date.now }: { readonly now?: () => number } = {},
): Authenticator {
  return {
    async identify(request) {
      // check: credentials
      const authorization = request.header("authorization")?.trim() ?? "";
      const presigned = isPresigned(splitTarget(request.path).query);
      if (authorization !== "" && presigned) {
        // quoted by users of another service
        throw invalidSignature(
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        );
      }
      if (authorization === "" && !presigned) throw authorizationMissing();
      const apiKey = /^bearer(?:\s+(.*))?$/iu.exec(authorization);
      if (apiKey) {
        const { apiKeys } = await keys.current();
        if (!isValidApiKey(apiKeys, apiKey[1] ?? "", now())) throw invalidApiKey();
        return undefined;
      }
      const findKey = async (accessKeyId: string) => (await keys.current()).accessKeys.get(accessKeyId);
      return identifySigner(request, findKey, now());
    },
  };
}
