import { isIP } from "node:net";
import { hostname } from "node:os";

import { generate } from "selfsigned";

import type { TlsIdentity } from "../transport/index.js";

/** Clients refuse certificates that hold much longer than a year. */
const LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

/** How far the clock of a client may be behind. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

/**
 * Makes a certificate that signs itself, and can sign no other: whoever trusts it trusts these names and nothing else. One of
 * an authority of our own wouldn't do, as rustls refuses an authority's certificate for a server, and OpenSSL, when strict as
 * with Python 3.13, a chain without key identifiers, which the library can't write (both measured). This one is taken by
 * OpenSSL, strict too, rustls, Go, Java and Node.
 *
 * @param names - host names and addresses it's for
 */
export async function makeCertificate(names: readonly string[], now = Date.now()): Promise<TlsIdentity> {
  const { cert, private: key } = await generate([{ name: "commonName", value: "Cria" }], {
    // smaller and much quicker than RSA; every client of TLS 1.2 knows it
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

/** The names of this machine to itself. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"] as const;

/** What a certificate of Cria's own is for. */
export interface CertificateNames {
  /** The folder it's kept in: hosts that differ have one each, so that none replaces what another's programs trust. */
  readonly folder: string;
  /** Host names and addresses. */
  readonly names: readonly string[];
}

/** @param host - what the server listens on; for any address of this machine, its host name is another name */
export function certificateNames(host: string): CertificateNames {
  const bare = host.toLowerCase().replace(/%.*$/u, "");
  const own = bare === "0.0.0.0" || bare === "::" ? hostname().toLowerCase() : bare;
  const names = [...new Set([...LOCAL_NAMES, own])];
  // a certificate has room for ASCII only
  if (names.length === LOCAL_NAMES.length || !/^[\x21-\x7e]+$/u.test(own)) {
    return { folder: "localhost", names: LOCAL_NAMES };
  }
  return { folder: own.replace(/[^a-z\d.-]/gu, "_"), names };
}
