import type { TlsIdentity } from "../transport/index.js";

/**
 * What a server proves itself with, beside speaking plain HTTP on the same port: a certificate of the caller's, or one that is
 * made once and kept in Cria's folder.
 */
export type TlsOptions = TlsIdentity | "self-signed";

/** The files that make programs trust a certificate of Cria's own. */
export interface TrustFiles {
  /** The certificate alone, in PEM. */
  readonly certificate: string;
  /** All that programs here trust anyhow, and the certificate, in PEM: for variables that replace what a program trusts. */
  readonly bundle: string;
  /** The same for Java, undefined where there is no `keytool` to make it. */
  readonly javaTrustStore: string | undefined;
}

/** What a server with TLS has. */
export interface TlsSetup {
  readonly identity: TlsIdentity;
  /** Undefined where the certificate is the caller's, and so is the trust in it. */
  readonly trust: TrustFiles | undefined;
}
