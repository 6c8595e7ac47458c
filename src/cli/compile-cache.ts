import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";

import { criaHome } from "../store/index.js";

/** The part of `node:module` that Node has since 22.1 and its types for Node 20 lack. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };

/**
 * Keeps V8's compiled code of the modules that are imported from now on, in `compile-cache/` of {@link criaHome}, so that the next start needn't
 * compile them. Node checks it against the source and its own version. The engine's process has little code and gains nothing
 * from it (docs/benchmarks.md).
 *
 * Nothing happens where Node is older than 22.1, where the folder doesn't exist yet, so that `cria --help` makes none, or where it can't be
 * written; the variables `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` come first. Never throws.
 */
export function keepCompiledCode(): void {
  const home = criaHome();
  if (existsSync(home)) enableCompileCache?.(join(home, "compile-cache"));
}
