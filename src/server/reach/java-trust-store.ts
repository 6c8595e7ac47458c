import { randomUUID } from "node:crypto";
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { fileSize, runProgram } from "../../platform/index.js";
import { TRUST_STORE_PASSWORD } from "./tls-options.js";

/**
 * Makes, once, what Java needs to trust a certificate: a copy of what it trusts by itself, and the certificate. Java's own
 * `keytool` makes it, as nothing in Node writes such a file.
 *
 * @param directory - where it's kept
 * @param certificate - a PEM file
 * @returns its path; undefined where there is no Java, or its `keytool` fails
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
    // where they aren't, keytool begins an empty one
    await copyFile(roots, draft).catch(() => undefined);
    const imported = await keytool(keytoolArguments(certificate, draft), signal);
    if (imported?.code !== 0) return undefined;
    await rename(draft, path);
    return path;
  } finally {
    await rm(draft, { force: true });
  }
}

/** What `keytool` is called with to add a certificate to a trust store. */
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

/** The file with what Java trusts by itself; undefined where there is no Java. */
async function javaRoots(signal: AbortSignal | undefined): Promise<string | undefined> {
  const shown = await keytool(["-J-XshowSettings:properties"], signal);
  const home = /^\s*java\.home = (.+)$/mu.exec(shown?.output ?? "")?.[1];
  return home === undefined ? undefined : join(home.trim(), "lib", "security", "cacerts");
}

function keytool(args: readonly string[], signal: AbortSignal | undefined) {
  return runProgram("keytool", args, { env: process.env, signal });
}
