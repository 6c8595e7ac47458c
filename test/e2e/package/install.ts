import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { npm } from "./pack.js";

/** npm's errors if the registry can't be reached or lacks a package. The tests are skipped then. */
const NO_REGISTRY =
  /^npm error code (E[45]\d\d|E(AI_AGAIN|CONN\w+|HOSTUNREACH|NETUNREACH|NOTFOUND|TIMEDOUT|TARGET|NOTCACHED)|ERR_SOCKET_TIMEOUT)$/mu;

/**
 * Installs a tarball as a user does, and Node's types as a TypeScript user does.
 *
 * @param folder - an empty one
 * @returns npm's message if the packages that it depends on can't be installed
 */
export async function install(tarball: string, folder: string): Promise<string | undefined> {
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const types = `@types/node@${await installedVersion("@types/node")}`;
  const args = [
    "install",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    tarball,
    types,
  ];
  const { code, stderr } = await npm(folder, ...args);
  if (code === 0) return undefined;
  if (!NO_REGISTRY.test(stderr)) throw new Error(`npm install failed:\n${stderr}`);
  return /^npm error (?!code |syscall |errno )(\S.*)$/mu.exec(stderr)?.[1] ?? stderr;
}

/** The version of a package in the clone. */
async function installedVersion(name: string): Promise<string> {
  const manifest = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version;
}
