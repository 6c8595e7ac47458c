import {
  acceptAnyone,
  type Authenticator,
  type AuthMode,
  authModeFor,
  createKeyAuthenticator,
  openKeys,
} from "../access/index.js";
import { Callers } from "../callers/index.js";
import type { ServerContext } from "../handle.js";
import { limitsWith } from "../limits.js";
import { ModelMap } from "../model-map.js";
import type { ChangeableOptions } from "../serve-options.js";
import { type AskedUpstreams, checkUpstreams } from "../upstreams/index.js";

/** What a server is told at its start, or later, once it has been checked. */
export interface Changeable {
  readonly auth: AuthMode;
  readonly asked: AskedUpstreams;
  /** The parts of the context that need nothing else. */
  readonly parts: Pick<
    ServerContext,
    "authenticator" | "callers" | "limits" | "modelMap" | "strict" | "strictIds"
  >;
}

/** What a running server keeps. */
export interface Fixed {
  /** The host that it listens on. */
  readonly host: string;
  /** Its certificate, in PEM; undefined if TLS is off. */
  readonly certificate: string | undefined;
}

/**
 * Checks options, and reads the keys. Nothing is started.
 *
 * @throws what {@link serve} says of these options.
 */
export async function readChangeable(
  options: ChangeableOptions,
  { host, certificate }: Fixed,
): Promise<Changeable> {
  const { allowHosts = [], allowOrigins = [], strict = false, strictIds = false } = options;
  const modelMap = new ModelMap(options.modelMap);
  const asked = await checkUpstreams(options.upstreams);
  const limits = limitsWith(options.limits);
  const auth = authModeFor(host, options.auth);
  const callers = new Callers({ host, auth, certificate, allowHosts, allowOrigins });
  const authenticator = await authenticatorFor(auth, options);
  return { auth, asked, parts: { authenticator, callers, limits, modelMap, strict, strictIds } };
}

async function authenticatorFor(auth: AuthMode, { keysFile }: ChangeableOptions): Promise<Authenticator> {
  if (auth === "none") return acceptAnyone;
  return createKeyAuthenticator(await openKeys({ file: keysFile }));
}
