import { createHash } from "node:crypto";
import { join } from "node:path";
import * as tls from "node:tls";

import { pemCertificates } from "../../platform/index.js";
import { makeRoom, readOwnText, replaceFile } from "../../store/index.js";

/** Variables that name trusted certificates, which must stay trusted. */
const TRUST_VARIABLES = [
  "AWS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
];

/** The trusted certificates of Debian, Fedora, Alpine and macOS, to which an administrator may have added some. */
const SYSTEM_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

/** Systems trust some 150 certificates of 2 kB; companies add a few. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Writes a file with all certificates that programs here trust anyway, and one more. For SDKs, the file that their variable names
 * replaces all others, and a program may talk to more than this server.
 *
 * @param directory - the folder to write to; the file's name has a hash of its content, which differs between environments
 * @param certificate - the additional certificate, in PEM
 * @param env - read for certificates that are trusted already
 * @param stored - gives the certificates in the system's store
 * @returns the file's path
 * @throws {DiskFullError} {@link HomeNotWritableError} the file can't be written.
 */
export async function writeTrustBundle(
  directory: string,
  certificate: string,
  env: NodeJS.ProcessEnv = process.env,
  stored: () => readonly string[] = storedCertificates,
): Promise<string> {
  const named = TRUST_VARIABLES.flatMap((name) => env[name] ?? []);
  const files = await Promise.all([...named, ...SYSTEM_FILES].map(readPem));
  // the same certificate may be wrapped at different widths
  const all = new Map(
    [...tls.rootCertificates, ...stored(), ...files.flat(), certificate].map((pem) => [
      pem.replace(/\s/gu, ""),
      pem.trim(),
    ]),
  );
  const text = [...all.values()].map((pem) => `${pem}\n`).join("");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const path = join(directory, `trusted-${hash}.pem`);
  if ((await readPem(path)).length === all.size) return path;
  await replaceFile(path, text);
  return path;
}

/**
 * Writes a file of settings with which PHP trusts a bundle: its streams read one variable, libcurl only a setting (measured).
 *
 * @returns the folder that holds the file and no other
 * @throws {DiskFullError} {@link HomeNotWritableError} the file can't be written.
 */
export async function writePhpSettings(bundle: string): Promise<string> {
  const folder = bundle.replace(/\.pem$/u, "-php");
  const file = join(folder, "cria.ini");
  const text = `curl.cainfo="${bundle}"\nopenssl.cafile="${bundle}"\n`;
  if ((await readOwnText(file, MAX_BYTES).catch(() => "")) === text) return folder;
  await makeRoom(folder, text.length);
  await replaceFile(file, text);
  return folder;
}

/** The certificates in a file; none if it can't be read. */
async function readPem(path: string): Promise<readonly string[]> {
  return pemCertificates(await readOwnText(path, MAX_BYTES).catch(() => ""));
}

/**
 * The certificates in the system's store, where programs find those of a company's proxy: Windows' store, macOS' keychains. On Linux that
 * is one of {@link SYSTEM_FILES}. Node can read it from 22.15 on.
 */
export function storedCertificates(platform: NodeJS.Platform = process.platform): readonly string[] {
  if (platform === "linux") return [];
  const { getCACertificates } = tls as {
    readonly getCACertificates?: (type: "system") => readonly string[];
  };
  return getCACertificates?.("system") ?? [];
}
