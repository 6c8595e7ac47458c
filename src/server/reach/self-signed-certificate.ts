import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { explainDiskError, withLock } from "../../store/index.js";
import type { TlsIdentity } from "../transport/index.js";
import { checkIdentity, isNamed } from "./check-identity.js";
import { ensureJavaTrustStore } from "./java-trust-store.js";
import { certificateNames } from "./make-certificate.js";
import type { TlsSetup } from "./tls-options.js";
import { writeTrustBundle } from "./trust-bundle.js";

/** So long before its end a certificate is replaced: a server that starts now may run for weeks. */
const RENEWAL_MS = 30 * 24 * 60 * 60 * 1000;

const CERTIFICATE_FILE = "cert.pem";
const KEY_FILE = "key.pem";

/**
 * The certificate of Cria's own for a host, and the files that make programs trust it. It's made at first use and kept in
 * `tls/` of Cria's folder, its key readable to this user only, until a month before it expires.
 *
 * @param home - Cria's folder
 * @param host - what the server listens on
 * @throws {DiskFullError} {@link HomeNotWritableError} it can't be kept.
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
      // another process may just have made it
      async () => (await readKept(directory, names)) ?? (await makeAndKeep(directory, names)),
      { signal },
    ));
  const certificate = join(directory, CERTIFICATE_FILE);
  const [bundle, javaTrustStore] = await Promise.all([
    writeTrustBundle(directory, identity.cert),
    ensureJavaTrustStore(directory, certificate, signal),
  ]);
  return { identity, trust: { certificate, bundle, javaTrustStore } };
}

/** What is kept, unless it's broken, about to expire, or for other names. */
async function readKept(directory: string, names: readonly string[]): Promise<TlsIdentity | undefined> {
  try {
    const [cert, key] = await Promise.all(
      [CERTIFICATE_FILE, KEY_FILE].map((name) => readFile(join(directory, name), "utf8")),
    );
    if (cert === undefined || key === undefined) return undefined;
    const certificate = checkIdentity({ cert, key });
    const fresh = new Date(certificate.validTo).getTime() - Date.now() > RENEWAL_MS;
    return fresh && names.every((name) => isNamed(certificate, name)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

/** The whole folder is replaced at once, and with it what was made of an older certificate. */
async function makeAndKeep(directory: string, names: readonly string[]): Promise<TlsIdentity> {
  // heavy to load, and needed once a year
  const { makeCertificate } = await import("./make-certificate.js");
  const identity = await makeCertificate(names);
  const draft = `${directory}.${randomUUID()}`;
  try {
    await mkdir(draft, { recursive: true });
    await writeFile(join(draft, KEY_FILE), identity.key, { mode: 0o600 });
    await writeFile(join(draft, CERTIFICATE_FILE), identity.cert);
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw await explainDiskError(error, directory, 0);
  }
  return identity;
}
