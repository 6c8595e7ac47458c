#!/usr/bin/env node
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";

await keepCompiledCode();
// imported after it, or they would be compiled again at each start
const { main } = await import("./main.js");
const { flushOutput } = await import("./output.js");

process.exitCode = await main(process.argv);
await flushOutput();
// an open handle, such as an idle connection or an unread pipe, must not keep a finished command alive
process.exit();

/**
 * Keeps V8's compiled code of the modules that are imported from now on, in `compile-cache/` of Cria's folder, so that the next start needn't
 * compile them. Node checks it against the source and its own version. The engine's process has little code and gains nothing from
 * it (docs/benchmarks.md).
 *
 * Nothing happens where Node is older than 22.1, where the folder doesn't exist yet, so that `cria --help` makes none, or where it can't be
 * written; the variables `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` come first. Never throws.
 */
async function keepCompiledCode(): Promise<void> {
  // not in the types for Node 20
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };
  if (enableCompileCache === undefined) return;
  // not loaded where it isn't needed: `--help` answers at once
  const { criaHome } = await import("../store/index.js");
  const home = criaHome();
  if (existsSync(home)) enableCompileCache(join(home, "compile-cache"));
}
