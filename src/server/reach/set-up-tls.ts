import type { Logger } from "pino";

import { criaHome } from "../../store/index.js";
import { certificateWarnings, checkIdentity } from "./check-identity.js";
import type { TlsOptions, TlsSetup } from "./tls-options.js";

export interface SetUpTlsOptions {
  /** What the server listens on. */
  readonly host: string;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes ready what TLS takes: checks a certificate that was given, or sees to one of Cria's own.
 *
 * @returns undefined where TLS is off
 * @throws {CertificateError} what was given can't be used.
 * @throws {DiskFullError} {@link HomeNotWritableError} Cria's own can't be kept.
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
