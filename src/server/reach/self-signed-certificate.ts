import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { explainDiskError, makeFolder, moveOver, readOwnText, withLock } from "../../store/index.js";
import type { TlsIdentity } from "../transport/index.js";
import { checkIdentity, isNamed } from "./check-identity.js";
import { ensureJavaTrustStore } from "./java-trust-store.js";
import { certificateNames } from "./make-certificate.js";
import type { TlsSetup } from "./tls-options.js";
import { writePhpSettings, writeTrustBundle } from "./trust-bundle.js";

/** A certificate is replaced this long before it expires, because a server that starts now may run for weeks. */
const RENEWAL_MS = 30 * 24 * 60 * 60 * 1000;

/** A certificate with a few names, or its key, takes 2 kB. */
const MAX_PEM_BYTES = 1024 * 1024;

const CERTIFICATE_FILE = "cert.pem";
const KEY_FILE = "key.pem";

/**
 * Gives Cria's self-signed certificate for a host, and the files that make programs trust it. The certificate is made at first use
 * and kept in `tls/` of Cria's folder, with a key that only this user can read, until a month before it expires.
 *
 * @param home - Cria's folder
 * @param host - the host that the server listens on
 * @throws {DiskFullError} {@link HomeNotWritableError} the files can't be written.
 * @throws `signal.reason` once aborted
 */
export async function selfSignedCertificate(
  home: string,
  host: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<TlsSetup> {
  const { folder, names } = certificateNames(host);
  const directory = join(home, "tls", folder);
  const identity =
    (await readKept(directory, names)) ??
    (await withLock(
      `${directory}.lock`,
      // another process may have made it meanwhile
      async () => (await readKept(directory, names)) ?? (await makeAndKeep(directory, names)),
      { signal },
    ));
  const certificate = join(directory, CERTIFICATE_FILE);
  const [bundle, javaTrustStore] = await Promise.all([
    writeTrustBundle(directory, identity.cert),
    ensureJavaTrustStore(directory, certificate, signal),
  ]);
  const phpFolder = await writePhpSettings(bundle);
  return { identity, trust: { certificate, bundle, phpFolder, javaTrustStore } };
}

/** The kept certificate; undefined if it's broken, about to expire, or lacks a name. */
async function readKept(directory: string, names: readonly string[]): Promise<TlsIdentity | undefined> {
  try {
    const [cert, key] = await Promise.all(
      [CERTIFICATE_FILE, KEY_FILE].map((name) => readOwnText(join(directory, name), MAX_PEM_BYTES)),
    );
    if (cert === undefined || key === undefined) return undefined;
    const certificate = checkIdentity({ cert, key });
    const fresh = new Date(certificate.validTo).getTime() - Date.now() > RENEWAL_MS;
    return fresh && names.every((name) => isNamed(certificate, name)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the whole folder, with the trust files of an older certificate. */
async function makeAndKeep(directory: string, names: readonly string[]): Promise<TlsIdentity> {
  // slow to load, and needed once a year
  const { makeCertificate } = await import("./make-certificate.js");
  const identity = await makeCertificate(names);
  const draft = `${directory}.${randomUUID()}`;
  try {
    await makeFolder(draft);
    await writeFile(join(draft, KEY_FILE), identity.key, { flag: "wx", mode: 0o600 });
    await writeFile(join(draft, CERTIFICATE_FILE), identity.cert, { flag: "wx" });
    await rm(directory, { recursive: true, force: true });
    await moveOver(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw await explainDiskError(error, directory, 0);
  }
  return identity;
}
