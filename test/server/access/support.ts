import { expect } from "vitest";

import { BedrockException } from "../../../src/bedrock/index.js";
import { createKeyAuthenticator } from "../../../src/server/access/key-authenticator.js";
import { keySetOf } from "../../../src/server/access/key-set.js";
import type { KeySource } from "../../../src/server/access/key-source.js";
import type { StoredKey } from "../../../src/server/access/stored-key.js";
import { KEY, NOW, SESSION_KEY, signedRequest, type WireRequest } from "../../sigv4/support.js";

export function keysOf(...keys: readonly StoredKey[]): KeySource {
  const set = keySetOf(keys);
  return { current: () => Promise.resolve(set) };
}

/** Authenticates a request at a given time. */
export async function authenticate(
  request: WireRequest,
  keys: KeySource = keysOf(KEY, SESSION_KEY),
  now = NOW,
): Promise<void> {
  const proof = await createKeyAuthenticator(keys, { now: () => now }).identify(signedRequest(request));
  await proof?.verify();
}

/** The exception that a request is refused with. */
export async function refusalOf(...args: Parameters<typeof authenticate>): Promise<BedrockException> {
  const refusal: unknown = await authenticate(...args).then(
    () => "accepted",
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(BedrockException);
  return refusal as BedrockException;
}
