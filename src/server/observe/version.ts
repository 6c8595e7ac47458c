import { createRequire } from "node:module";

/** Cria's version, as its package has it. */
export function criaVersion(): string {
  const manifest = createRequire(import.meta.url)("cria/package.json") as { readonly version: string };
  return manifest.version;
}
