import { hostname } from "node:os";

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
