import { randomUUID } from "node:crypto";
import { constants, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { fileSize, runProgram } from "../../platform/index.js";
import { moveOver } from "../../store/index.js";

/** The password of the trust store that comes with Java. A trust store holds no secrets. */
export const TRUST_STORE_PASSWORD = "changeit";

/**
 * Creates, once, a trust store with which Java trusts a certificate: a copy of Java's default one, plus the certificate. Java's
 * `keytool` creates it, as nothing in Node writes the format.
 *
 * @param directory - where the trust store is kept
 * @param certificate - a PEM file
 * @returns the trust store's path; undefined if Java isn't installed or `keytool` fails
 * @throws `signal.reason` once aborted
 */
export async function ensureJavaTrustStore(
  directory: string,
  certificate: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = join(directory, "java-trust-store");
  if ((await fileSize(path)) !== undefined) return path;
  const draft = `${path}.${randomUUID()}`;
  try {
    const roots = await javaRoots(signal);
    if (roots === undefined) return undefined;
    // without a copy, keytool creates an empty trust store
    await copyFile(roots, draft, constants.COPYFILE_EXCL).catch(() => undefined);
    const imported = await keytool(keytoolArguments(certificate, draft), signal);
    if (imported?.code !== 0) return undefined;
    await moveOver(draft, path);
    return path;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The arguments with which `keytool` adds a certificate to a trust store. */
export function keytoolArguments(certificate: string, store: string): string[] {
  const [alias, password] = ["cria", TRUST_STORE_PASSWORD];
  return [
    "-importcert",
    "-noprompt",
    "-alias",
    alias,
    "-file",
    certificate,
    "-keystore",
    store,
    "-storepass",
    password,
  ];
}

/** The Java options that select a trust store. */
export function javaTrustOptions(store: string): string {
  return [`-Djavax.net.ssl.trustStore=${store}`, `-Djavax.net.ssl.trustStorePassword=${TRUST_STORE_PASSWORD}`]
    .map((option) => (/\s/u.test(option) ? `"${option}"` : option))
    .join(" ");
}

/** Java's default trust store; undefined if Java isn't installed. */
async function javaRoots(signal: AbortSignal | undefined): Promise<string | undefined> {
  const shown = await keytool(["-J-XshowSettings:properties"], signal);
  const home = /^\s*java\.home = (.+)$/mu.exec(shown?.output ?? "")?.[1];
  return home === undefined ? undefined : join(home.trim(), "lib", "security", "cacerts");
}

function keytool(args: readonly string[], signal: AbortSignal | undefined) {
  return runProgram("keytool", args, { env: process.env, signal });
}
