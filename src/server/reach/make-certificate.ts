import { isIP } from "node:net";
import { hostname } from "node:os";

import { generate } from "selfsigned";

import type { TlsIdentity } from "../transport/index.js";

/** Some clients refuse certificates that are valid for much longer than a year. */
const LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

/** How far a client's clock may be behind. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

/**
 * Makes a self-signed certificate that can't sign others: a client that trusts it trusts these names and nothing else.
 *
 * A certificate authority of Cria's wouldn't work: rustls refuses an authority's certificate for a server, and OpenSSL in strict
 * mode, as in Python 3.13, refuses a chain without key identifiers, which the library can't write (both measured). OpenSSL, in
 * strict mode too, rustls, Go, Java and Node accept this one.
 *
 * @param names - host names and addresses
 */
export async function makeCertificate(names: readonly string[], now = Date.now()): Promise<TlsIdentity> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "Cria" }], {
    // smaller and much faster than RSA; every TLS 1.2 client supports it
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - CLOCK_SKEW_MS),
    notAfterDate: new Date(now + LIFETIME_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) =>
          isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
        ),
      },
    ],
  });
  return { cert: `${cert.trim()}\n`, key };
}

/** The loopback names. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"] as const;

/** The names in a self-signed certificate. */
export interface CertificateNames {
  /** The folder of the certificate. Each host has its own, so that no certificate replaces one that programs trust already. */
  readonly folder: string;
  /** Host names and addresses. */
  readonly names: readonly string[];
}

/** @param host - the host that the server listens on; for `0.0.0.0` and `::`, the machine's host name is added */
export function certificateNames(host: string): CertificateNames {
  const bare = host.toLowerCase().replace(/%.*$/u, "");
  const own = bare === "0.0.0.0" || bare === "::" ? hostname().toLowerCase() : bare;
  const names = [...new Set([...LOCAL_NAMES, own])];
  // names in a certificate are ASCII
  if (names.length === LOCAL_NAMES.length || !/^[\x21-\x7e]+$/u.test(own)) {
    return { folder: "localhost", names: LOCAL_NAMES };
  }
  return { folder: own.replace(/[^a-z\d.-]/gu, "_"), names };
}
