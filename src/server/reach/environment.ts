import { devNull } from "node:os";

import type { AuthMode } from "../access/index.js";
import type { TrustFiles } from "./tls-options.js";
import { trustVariables } from "./trust-variables.js";

/** The region of programs that set none: SDKs require one, and Cria takes any. */
const ANY_REGION = "us-east-1";

/** Variables that lead a program to another endpoint or to a profile's credentials. */
const MISLEADING = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"];

/**
 * Variables that hold credentials or lead to them, besides the pair of an access key.
 *
 * The SDK for .NET 3.7 exchanges a web identity token at Amazon's STS before it looks at the access key (measured). boto3
 * refuses an access key whose `AWS_CREDENTIAL_EXPIRATION` is past (measured with botocore 1.44).
 */
const CREDENTIALS = [
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_CREDENTIAL_EXPIRATION",
];

/**
 * The variables to remove from a program's environment. Where anyone may call, that includes credentials, so that no real ones are
 * sent; where callers need a key, the credentials stay.
 */
export function clearedVariables(auth: AuthMode): ReadonlySet<string> {
  return new Set(auth === "none" ? [...MISLEADING, ...CREDENTIALS] : MISLEADING);
}

/** What a program must know to call a server. */
export interface ServerLocation {
  readonly url: string;
  readonly auth: AuthMode;
  /** Undefined if programs need no files to trust the server. */
  readonly trust: TrustFiles | undefined;
}

/**
 * The environment in which a program's AWS SDK calls a server.
 *
 * @param base - the environment to start from; not changed
 */
export function environmentFor(
  { url, auth, trust }: ServerLocation,
  base: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const cleared = clearedVariables(auth);
  const kept = Object.entries(base).filter(([name]) => !cleared.has(name));
  // an empty variable counts as unset
  const { AWS_REGION, AWS_DEFAULT_REGION, NO_PROXY, no_proxy } = Object.fromEntries(
    kept.filter(([, value]) => value !== ""),
  );
  const region = AWS_REGION ?? AWS_DEFAULT_REGION ?? ANY_REGION;
  const noProxy = noProxyFor(new URL(url).hostname, [NO_PROXY, no_proxy]);
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_BEDROCK: url,
    // LiteLLM reads no other, and would call Amazon (measured with 1.110)
    AWS_BEDROCK_RUNTIME_ENDPOINT: url,
    // the SDK for JavaScript reads only the first, boto3 only the second
    AWS_REGION: AWS_REGION ?? region,
    AWS_DEFAULT_REGION: AWS_DEFAULT_REGION ?? region,
    ...(auth === "none" ? NO_CREDENTIALS : criaKeysIn(base)),
    // the shared files could hold a profile with an endpoint or with real credentials
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...(trust && trustVariables(trust, base)),
  };
}

/** Dummy keys: without any, SDKs don't send a request. */
const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: "cria", AWS_SECRET_ACCESS_KEY: "cria" };

/** The SDKs' variables, with the values of the `CRIA_` variables that are set. */
function criaKeysIn(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = {
    AWS_ACCESS_KEY_ID: "CRIA_ACCESS_KEY_ID",
    AWS_SECRET_ACCESS_KEY: "CRIA_SECRET_ACCESS_KEY",
    AWS_SESSION_TOKEN: "CRIA_SESSION_TOKEN",
    AWS_BEARER_TOKEN_BEDROCK: "CRIA_API_KEY",
  };
  const named = Object.entries(names).map(([name, ours]) => [name, base[ours] ?? ""] as const);
  return Object.fromEntries(named.filter(([, value]) => value !== ""));
}

/** Adds the server's host and the loopback names to the hosts that need no proxy. */
function noProxyFor(hostname: string, lists: readonly (string | undefined)[]): string {
  const hosts = lists.flatMap((list) => list?.split(",") ?? []).map((host) => host.trim());
  const bare = hostname.replace(/^\[|\]$/gu, "");
  return [...new Set([...hosts, bare, "127.0.0.1", "localhost"])].filter((host) => host !== "").join(",");
}
