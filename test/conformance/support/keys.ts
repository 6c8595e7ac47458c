import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A client's identity: the credential variables of its SDK, which replace all that were set. */
export type Identity = Readonly<Record<string, string>>;

const KEY = {
  accessKeyId: "CRIACONFORMANCE22222",
  secretAccessKey: "the-secret-of-the-conformance-suite",
  sessionToken: "the-session-of-the-conformance-suite",
};

const EXPIRED = { ...KEY, accessKeyId: "CRIAEXPIREDEXPIRED22", expiresAt: "2024-01-09T18:33:34.000Z" };

const API_KEY = "the-api-key-of-the-conformance-suite";

function signer({ accessKeyId, secretAccessKey, sessionToken }: typeof KEY): Identity {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

/** The identities of the suite's clients; Cria's servers know `key`, `expired` and `apiKey`. */
export const identities = {
  key: signer(KEY),
  expired: signer(EXPIRED),
  wrongSecret: signer({ ...KEY, secretAccessKey: "another-secret" }),
  unknown: signer({ ...KEY, accessKeyId: "CRIANOBODYNOBODY2222" }),
  apiKey: { AWS_BEARER_TOKEN_BEDROCK: API_KEY },
  wrongApiKey: { AWS_BEARER_TOKEN_BEDROCK: "another-api-key" },
} as const satisfies Readonly<Record<string, Identity>>;

const file = fileURLToPath(new URL("../../../.cache/conformance/keys.json", import.meta.url));

let written: Promise<string> | undefined;

/** The file of the keys that Cria's servers know. */
export function keysFile(): Promise<string> {
  written ??= writeKeys();
  return written;
}

async function writeKeys(): Promise<string> {
  const apiKeySha256 = createHash("sha256").update(API_KEY).digest("hex");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ keys: [{ ...KEY, apiKeySha256 }, EXPIRED] }), { mode: 0o600 });
  return file;
}

/** An environment with the credentials of an identity in place of its own. */
export function identify(env: NodeJS.ProcessEnv, identity: Identity): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(
    ([name]) => !/^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK)$/u.test(name),
  );
  return { ...Object.fromEntries(others), ...identity };
}
