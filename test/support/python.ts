import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The Python of the environment that `npm test` sets up with the example's pinned packages; undefined where there is none. */
export function pythonWithBoto3(): string | undefined {
  const relative = process.platform === "win32" ? "Scripts/python.exe" : "bin/python";
  const path = fileURLToPath(new URL(`../../.venv/${relative}`, import.meta.url));
  const ready = fileURLToPath(new URL("../../.venv/cria-requirements.txt", import.meta.url));
  return existsSync(path) && existsSync(ready) ? path : undefined;
}
