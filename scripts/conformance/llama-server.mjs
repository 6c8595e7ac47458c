// A real llama-server for the tests: that of the Python package xllamacpp, which has llama.cpp's own HTTP server. In .cache/llama-server.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt } from "./attempt.mjs";

/** The package, by version: a build of llama.cpp of October 2026, for Linux on x64 and macOS, 34 MB. */
const PACKAGE = "xllamacpp==2026.10.11549";

/** Installs it once, in ten seconds. @returns undefined, or the reason for a failure */
export async function setUpLlamaServer(root, env) {
  if (process.platform === "win32") return `${PACKAGE} has no build for Windows`;
  const environment = join(root, ".cache/llama-server");
  const stamp = join(environment, "cria-package.txt");
  const python = join(environment, "bin/python");
  const isMade = existsSync(stamp) && readFileSync(stamp, "utf8") === PACKAGE;
  if (isMade && (await attempt(python, ["-c", "import xllamacpp"], { env, quiet: true })) === undefined)
    return undefined;
  const install = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--only-binary",
    ":all:",
    PACKAGE,
  ];
  const why =
    (await attempt("python3", ["-m", "venv", "--clear", environment], { env })) ??
    (await attempt(python, install, { env })) ??
    (await attempt(python, ["-c", "import xllamacpp"], { env }));
  if (why === undefined) writeFileSync(stamp, PACKAGE);
  return why;
}
