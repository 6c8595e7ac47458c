import type { Logger } from "pino";

import { criaHome } from "../../store/index.js";
import { certificateWarnings, checkIdentity } from "./check-identity.js";
import type { TlsOptions, TlsSetup } from "./tls-options.js";

export interface SetUpTlsOptions {
  /** The host that the server listens on. */
  readonly host: string;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

/**
 * Prepares TLS: checks the caller's certificate, or makes a self-signed one.
 *
 * @returns undefined if TLS is off
 * @throws {CertificateError} the caller's certificate or key can't be used.
 * @throws {DiskFullError} {@link HomeNotWritableError} the self-signed certificate can't be written.
 * @throws `signal.reason` once aborted
 */
export async function setUpTls(
  tls: TlsOptions | undefined,
  { host, logger, signal }: SetUpTlsOptions,
): Promise<TlsSetup | undefined> {
  if (tls === undefined) return undefined;
  if (tls === "self-signed") {
    const { selfSignedCertificate } = await import("./self-signed-certificate.js");
    return await selfSignedCertificate(criaHome(), host, { signal });
  }
  const certificate = checkIdentity(tls);
  for (const warning of certificateWarnings(certificate, host, new Date())) logger.warn(warning);
  return { identity: tls, trust: undefined };
}
