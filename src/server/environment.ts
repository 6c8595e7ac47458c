import { devNull } from "node:os";

import type { TrustFiles } from "./tls/tls-options.js";
import { trustVariables } from "./tls/trust-variables.js";

/** Where a program has chosen no region: any would do, none isn't allowed. */
const ANY_REGION = "us-east-1";

/** What would lead a program past the server, or make it look for real credentials. */
export const CLEARED_VARIABLES: ReadonlySet<string> = new Set([
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
]);

/**
 * The environment in which a program's AWS SDK finds the server at `url`, with credentials that are none.
 *
 * @param base - what the program would run in otherwise; not changed
 * @param trust - where programs must be made to trust the server's certificate
 */
export function environmentFor(url: string, base: NodeJS.ProcessEnv, trust?: TrustFiles): NodeJS.ProcessEnv {
  const kept = Object.entries(base).filter(([name]) => !CLEARED_VARIABLES.has(name));
  // an empty variable is as good as none
  const { AWS_REGION, AWS_DEFAULT_REGION, NO_PROXY, no_proxy } = Object.fromEntries(
    kept.filter(([, value]) => value !== ""),
  );
  const region = AWS_REGION ?? AWS_DEFAULT_REGION ?? ANY_REGION;
  const noProxy = exceptFor(new URL(url).hostname, [NO_PROXY, no_proxy]);
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_BEDROCK: url,
    // boto3 reads only the second, the SDK for JavaScript only the first
    AWS_REGION: AWS_REGION ?? region,
    AWS_DEFAULT_REGION: AWS_DEFAULT_REGION ?? region,
    AWS_ACCESS_KEY_ID: "cria",
    AWS_SECRET_ACCESS_KEY: "cria",
    // the shared files could hold a profile with an endpoint or with real credentials
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...(trust && trustVariables(trust, base)),
  };
}

/** Adds the server's host, and the names of this machine, to the hosts that need no proxy. */
function exceptFor(hostname: string, lists: readonly (string | undefined)[]): string {
  const hosts = lists.flatMap((list) => list?.split(",") ?? []).map((host) => host.trim());
  const bare = hostname.replace(/^\[|\]$/gu, "");
  return [...new Set([...hosts, bare, "127.0.0.1", "localhost"])].filter((host) => host !== "").join(",");
}
