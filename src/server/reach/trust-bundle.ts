import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

import { explainDiskError } from "../../store/index.js";

/** The variables that name what programs trust; those who set them expect it to be trusted still. */
const TRUST_VARIABLES = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"];

/** Where systems keep what they trust: Debian, Fedora, Alpine and macOS. An administrator may have added to it. */
const SYSTEM_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/**
 * Writes a file of all certificates that programs here trust anyhow, and one more: what SDKs take from their variable replaces
 * all the others, and a program may talk to more than this server.
 *
 * @param directory - where it's written; its name says what is in it, as another environment may trust others
 * @param certificate - the one more, in PEM
 * @param env - read for what is trusted already
 * @returns its path
 * @throws {DiskFullError} {@link HomeNotWritableError}
 */
export async function writeTrustBundle(
  directory: string,
  certificate: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const named = TRUST_VARIABLES.flatMap((name) => env[name] ?? []);
  const files = await Promise.all([...named, ...SYSTEM_FILES].map(readPem));
  // one certificate may be written in lines of different lengths
  const all = new Map(
    [...rootCertificates, ...files.flat(), certificate].map((pem) => [pem.replace(/\s/gu, ""), pem.trim()]),
  );
  const text = [...all.values()].map((pem) => `${pem}\n`).join("");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const path = join(directory, `trusted-${hash}.pem`);
  if ((await readPem(path)).length === all.size) return path;
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    throw await explainDiskError(error, directory, text.length);
  }
  return path;
}

/** The certificates in a file; none where it can't be read. */
async function readPem(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.replaceAll("\r\n", "\n").match(PEM_CERTIFICATE) ?? [];
}
