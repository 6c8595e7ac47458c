import { isIP } from "node:net";

import { generate } from "selfsigned";

import type { TlsIdentity } from "../transport/tls-server.js";

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
