import type { TlsIdentity } from "../transport/index.js";

/**
 * The server's certificate for TLS, which it speaks on the same port as plain HTTP: the caller's own, or a self-signed one that Cria
 * makes once and keeps in its folder.
 */
export type TlsOptions = TlsIdentity | "self-signed";

/** The files that make programs trust a self-signed certificate. */
export interface TrustFiles {
  /** The certificate alone, in PEM. */
  readonly certificate: string;
  /** The certificate with all those that programs here trust anyway, in PEM: for variables that replace what a program trusts. */
  readonly bundle: string;
  /** A folder with settings with which PHP trusts that bundle. */
  readonly phpFolder: string;
  /** The same as a Java trust store; undefined if Java isn't installed. */
  readonly javaTrustStore: string | undefined;
}

/** A certificate, and the files to trust it. */
export interface TlsSetup {
  readonly identity: TlsIdentity;
  /** Undefined for the caller's certificate, which programs must trust already. */
  readonly trust: TrustFiles | undefined;
}
