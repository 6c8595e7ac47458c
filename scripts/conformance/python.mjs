// Creates the virtual environment of the Python example and the Python conformance client, in .venv.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt } from "./attempt.mjs";

const isWindows = process.platform === "win32";

/** Installs the example's pinned packages, and again when the pins change. @returns undefined, or the reason for a failure */
export async function setUpPython(root, env) {
  const requirements = join(root, "examples/python/requirements.txt");
  const environment = join(root, ".venv");
  const stamp = join(environment, "cria-requirements.txt");
  const pins = readFileSync(requirements, "utf8");
  const python = join(environment, isWindows ? "Scripts/python.exe" : "bin/python");
  const isMade = existsSync(stamp) && readFileSync(stamp, "utf8") === pins;
  // the Python that created it may have been removed or updated since
  if (isMade && (await attempt(python, ["-c", "import boto3"], { env, quiet: true })) === undefined)
    return undefined;
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  const why =
    (await attempt(isWindows ? "python" : "python3", ["-m", "venv", "--clear", environment], { env })) ??
    (await attempt(python, install, { env }));
  if (why === undefined) writeFileSync(stamp, pins);
  return why;
}
