import { join } from "node:path";

import { criaHome } from "../../store/index.js";
import type { AuthMode } from "../access/index.js";
import { javaVariables } from "./java-options.js";
import { NO_PROFILES, writeProfileFiles } from "./profile-files.js";
import { valueOf, variables, variablesThat } from "./surroundings.js";
import type { TrustFiles } from "./tls-options.js";
import { trustVariables } from "./trust-variables.js";

/** The region of programs that set none: SDKs require one, and Cria takes any. */
const ANY_REGION = "us-east-1";

/**
 * The variables to remove from a program's environment. Where anyone may call, that includes credentials, so that no real ones are
 * sent; where callers need a key, those that a key of Cria's can be in stay.
 */
export function clearedVariables(auth: AuthMode): ReadonlySet<string> {
  return new Set(variablesThat("cleared", "source", ...(auth === "none" ? (["credential"] as const) : [])));
}

/** What a program must know to call a server. */
export interface ServerLocation {
  readonly url: string;
  readonly auth: AuthMode;
  /** Undefined if programs need no files to trust the server. */
  readonly trust: TrustFiles | undefined;
}

/** How a program runs. */
export interface EnvironmentOptions {
  /**
   * Leave the program its own credentials, profiles and region, for the services that Cria isn't. The signatures of its calls for
   * Bedrock then reach Cria, which looks at none of them; its API key for Bedrock is removed. No effect if callers need a key.
   * @default false
   */
  readonly keepCredentials?: boolean | undefined;
  /** The program and its arguments, where known: they may have options for Java. @default none */
  readonly words?: readonly string[] | undefined;
}

/**
 * The environment in which a program's AWS SDK calls a server. It writes two files into Cria's folder (`writeProfileFiles`), unless the
 * program has credentials of its own.
 *
 * @param base - the environment to start from; not changed
 */
export function environmentFor(
  { url, auth, trust }: ServerLocation,
  base: NodeJS.ProcessEnv,
  { keepCredentials = false, words }: EnvironmentOptions = {},
): NodeJS.ProcessEnv {
  const keeps = keepCredentials && auth === "none";
  const { hostname } = new URL(url);
  const own = auth === "keys" ? criaKeysIn(base) : {};
  const cleared = keeps ? KEEPING : clearedVariables(Object.keys(own).length > 0 ? "none" : auth);
  const kept = Object.entries(base).filter(([name]) => !cleared.has(name));
  const env = {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(variablesThat("endpoint").map((name) => [name, url])),
    ...noProxyFor(hostname, base),
    ...(keeps ? KEPT_VALUES : { ...regionFor(base), ...identityFor(auth, own, base) }),
    ...javaVariables(base, hostname, keeps, words),
  };
  return { ...env, ...(trust && trustVariables(trust, env)) };
}

/** What a program that keeps its credentials loses all the same: the API key is for Bedrock alone. */
const KEEPING: ReadonlySet<string> = new Set([...variablesThat("cleared"), "AWS_BEARER_TOKEN_BEDROCK"]);

const KEPT_VALUES = Object.fromEntries(
  variables.flatMap(({ name, kept }) => (kept === undefined ? [] : [[name, kept]])),
);

/** The SDK for JavaScript reads only the first, boto3 only the second. */
function regionFor(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const [region, defaultRegion] = ["AWS_REGION", "AWS_DEFAULT_REGION"].map((name) => valueOf(base, name));
  const any = region ?? defaultRegion ?? ANY_REGION;
  return { AWS_REGION: region ?? any, AWS_DEFAULT_REGION: defaultRegion ?? any };
}

/** Keys, and shared files that hold no others: the person's could have a profile with an endpoint or with real credentials. */
function identityFor(auth: AuthMode, own: NodeJS.ProcessEnv, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const files = auth === "none" ? writeProfileFiles(base, join(criaHome(), "profiles")) : NO_PROFILES;
  return {
    ...(auth === "none" ? NO_CREDENTIALS : own),
    AWS_CONFIG_FILE: files.config,
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
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

/** Adds the server's host and the loopback names to the hosts that need no proxy. `*` means all of them only when it stands alone. */
function noProxyFor(hostname: string, { NO_PROXY, no_proxy }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const hosts = [NO_PROXY, no_proxy].flatMap((list) => list?.split(",") ?? []).map((host) => host.trim());
  const bare = hostname.replace(/^\[|\]$/gu, "");
  const all = [...new Set([...hosts, bare, "127.0.0.1", "localhost"])].filter((host) => host !== "");
  const noProxy = hosts.includes("*") ? "*" : all.join(",");
  return { NO_PROXY: noProxy, no_proxy: noProxy };
}
