import { X509Certificate } from "node:crypto";

/** The labels that OpenSSL takes for a certificate. */
const PEM_CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/gu;

/** The certificates in a text, each in PEM. */
export function pemCertificates(text: string): readonly string[] {
  return text.replaceAll("\r\n", "\n").match(PEM_CERTIFICATE) ?? [];
}

/**
 * Why a text can't say whom to trust. Node says nothing of such a text: it trusts nobody then.
 *
 * @param pem - certificates in PEM
 * @returns the end of a sentence that begins with the file's name, without a full stop; undefined if nothing is wrong
 */
export function certificatesProblem(pem: string): string | undefined {
  const all = pemCertificates(pem);
  if (all.length === 0) return "has no certificate in PEM (-----BEGIN CERTIFICATE-----)";
  const broken = all.findIndex((each) => !isCertificate(each));
  if (broken === -1) return undefined;
  return all.length === 1
    ? "has a certificate that can't be read"
    : `has certificates, of which number ${broken + 1} can't be read`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
