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
import { checkIdentity } from "../reach/index.js";
import type { TlsIdentity } from "../transport/index.js";
import { type AskedUpstreams, checkUpstreams } from "../upstreams/index.js";

/** What a server is told at its start, or later, once it has been checked. */
export interface Changeable {
  readonly auth: AuthMode;
  readonly asked: AskedUpstreams;
  /** A certificate for new connections; undefined if the one of the start stays. */
  readonly identity: TlsIdentity | undefined;
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
  /** Whether that was the operator's own, and not made by Cria: only such a one is renewed. */
  readonly ownCertificate: boolean;
}

/**
 * Checks options, and reads the keys. Nothing is started.
 *
 * @throws what {@link serve} says of these options.
 */
export async function readChangeable(
  options: ChangeableOptions,
  { host, certificate, ownCertificate }: Fixed,
): Promise<Changeable> {
  const { allowHosts = [], allowOrigins = [], strict = false, strictIds = false } = options;
  const modelMap = new ModelMap(options.modelMap);
  const asked = await checkUpstreams(options.upstreams);
  const limits = limitsWith(options.limits);
  const auth = authModeFor(host, options.auth);
  const identity = ownCertificate && typeof options.tls === "object" ? options.tls : undefined;
  if (identity) checkIdentity(identity);
  const named = identity?.cert ?? certificate;
  const callers = new Callers({ host, auth, certificate: named, allowHosts, allowOrigins });
  const authenticator = await authenticatorFor(auth, options);
  return { auth, asked, identity, parts: { authenticator, callers, limits, modelMap, strict, strictIds } };
}

async function authenticatorFor(auth: AuthMode, { keysFile }: ChangeableOptions): Promise<Authenticator> {
  if (auth === "none") return acceptAnyone;
  return createKeyAuthenticator(await openKeys({ file: keysFile }));
}
