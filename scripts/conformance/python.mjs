// Makes the virtual environment of the Python example and the Python conformance client, in .venv.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const isWindows = process.platform === "win32";

/** With the example's pinned packages; made again when the pins change. Returns false, having printed why, where it can't be done. */
export function setUpPython(root) {
  const requirements = join(root, "examples/python/requirements.txt");
  const environment = join(root, ".venv");
  const stamp = join(environment, "cria-requirements.txt");
  const pins = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === pins) return true;
  console.log("Setting up .venv for the Python example and conformance client …");
  const python = join(environment, isWindows ? "Scripts/python.exe" : "bin/python");
  const made =
    succeeds(isWindows ? "python" : "python3", ["-m", "venv", "--clear", environment]) &&
    succeeds(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  if (made) writeFileSync(stamp, pins);
  else console.log("There is no Python environment with boto3: the tests that need it are skipped.");
  return made;
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}
