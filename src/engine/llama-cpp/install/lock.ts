import { createRequire } from "node:module";

import { ENGINE_VERSION, needsJavaScript, packagesOf } from "./builds.js";

/** What Cria reads and writes of npm's lock file (version 3). */
export interface Lock {
  readonly lockfileVersion: 3;
  readonly requires: true;
  /** By path, such as `node_modules/bytes`; that of the project itself is empty. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A package, with more that only npm reads. */
export interface LockedPackage {
  readonly version?: string;
  /** npm's checksum: `sha512-` and base64. Only the project itself has none. */
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** An npm project: its package.json and package-lock.json. */
export interface Project {
  readonly manifest: { readonly private: true; readonly dependencies: Readonly<Record<string, string>> };
  readonly lock: Lock;
}

const MODULES = "node_modules/";

/**
 * The lock of all that Cria may install: node-llama-cpp in {@link ENGINE_VERSION}, its builds, and what it depends on, each with its checksum.
 * It names no registry, so that npm asks the one that it's set up for. `npm run engine:lock` writes it anew.
 *
 * It's read only when something is installed: it's long.
 */
export function wholeLock(): Lock {
  // package.json `imports` says where, whether this module runs from the package or from src/
  return createRequire(import.meta.url)("#engine-lock") as Lock;
}

/**
 * The project that has a build. `npm ci` installs these packages in these versions, and refuses bytes that don't have these checksums.
 *
 * A build for the processor is one package, whose addon the engine's process loads, and nothing else. One for a GPU also needs node-llama-cpp
 * itself, and what that depends on.
 */
export function projectOf(build: string): Project {
  const builds = packagesOf(build).map((name) => `@node-llama-cpp/${name}`);
  const direct = needsJavaScript(build) ? ["node-llama-cpp", ...builds] : builds;
  const dependencies = Object.fromEntries(direct.map((name) => [name, ENGINE_VERSION]));
  const packages: Record<string, LockedPackage> = { "": { dependencies } };
  for (const [path, entry] of Object.entries(wholeLock().packages)) {
    // npm must not leave it out with the other builds, which are optional
    if (direct.some((name) => path === MODULES + name)) packages[path] = { ...entry, optional: false };
    else if (path !== "" && needsJavaScript(build)) packages[path] = entry;
  }
  return {
    manifest: { private: true, dependencies },
    lock: { lockfileVersion: 3, requires: true, packages },
  };
}

/** The name of the package with a checksum; undefined if there is none. */
export function lockedName({ packages }: Lock, integrity: string): string | undefined {
  const found = Object.entries(packages).find(([, entry]) => entry.integrity === integrity);
  return found?.[0].split(MODULES).at(-1);
}
