import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";

import { CertificateError } from "../errors.js";
import type { TlsIdentity } from "../transport/index.js";

/**
 * Checks that a certificate and a key can be read and belong together.
 *
 * @returns the server's certificate, the first of a chain
 * @throws {CertificateError} they can't be used.
 */
export function checkIdentity({ cert, key }: TlsIdentity): X509Certificate {
  const certificate = readCertificate(cert);
  if (!certificate.checkPrivateKey(readKey(key)))
    throw new CertificateError(
      "the key doesn't belong to the certificate. In a chain, the server's certificate must come first",
    );
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new CertificateError("its chain has a certificate that can't be read", { cause: error });
  }
  return certificate;
}

/** Reasons why clients may refuse a certificate, a sentence each. @param host - the host that the server listens on */
export function certificateWarnings(certificate: X509Certificate, host: string, now: Date): string[] {
  const { validFrom, validTo } = certificate;
  return [
    ...(new Date(validFrom) > now ? [`The certificate isn't valid before ${validFrom}.`] : []),
    ...(new Date(validTo) < now ? [`The certificate expired: it was valid until ${validTo}.`] : []),
    ...(isNamed(certificate, host)
      ? []
      : [`The certificate doesn't name ${host}, so programs that connect to ${host} refuse it.`]),
  ];
}

/** Whether a certificate names a host; always true for `0.0.0.0` and `::`. */
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
      ? "the key is encrypted. Decrypt it with `openssl pkey -in KEY -out DECRYPTED`"
      : "there is no private key in PEM (-----BEGIN PRIVATE KEY-----)";
    throw new CertificateError(problem, { cause: error });
  }
}
