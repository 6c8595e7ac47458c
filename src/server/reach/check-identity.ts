import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

import { CertificateError } from "../errors.js";
import type { TlsIdentity } from "../transport/index.js";

/**
 * Checks that a certificate and a key are such, and belong together.
 *
 * @returns the server's own certificate, the first of several
 * @throws {CertificateError}
 */
export function checkIdentity({ cert, key }: TlsIdentity): X509Certificate {
  const certificate = readCertificate(cert);
  if (certificate.checkPrivateKey(readKey(key))) return certificate;
  throw new CertificateError(
    "the key isn't the certificate's. Where there are several certificates, the server's own comes first",
  );
}

/** Why clients may refuse a certificate that can be served: a sentence each. @param host - what the server listens on */
export function certificateWarnings(certificate: X509Certificate, host: string, now: Date): string[] {
  const { validFrom, validTo } = certificate;
  return [
    ...(new Date(validFrom) > now ? [`The certificate isn't valid before ${validFrom}.`] : []),
    ...(new Date(validTo) < now ? [`The certificate expired: it was valid until ${validTo}.`] : []),
    ...(isNamed(certificate, host)
      ? []
      : [`The certificate doesn't name ${host}: programs that ask there refuse it.`]),
  ];
}

/** Whether a certificate is for a host; for all, if that is any address of this machine. */
export function isNamed(certificate: X509Certificate, host: string): boolean {
  const any = host === "0.0.0.0" || host === "::";
  return any || (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

function readCertificate(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new CertificateError("there is no certificate in PEM (-----BEGIN CERTIFICATE-----)", {
      cause: error,
    });
  }
}

function readKey(key: string): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (error) {
    const problem = key.includes("ENCRYPTED")
      ? "the key is locked with a pass phrase. `openssl pkey -in KEY -out UNLOCKED` takes it off"
      : "there is no private key in PEM (-----BEGIN PRIVATE KEY-----)";
    throw new CertificateError(problem, { cause: error });
  }
}
