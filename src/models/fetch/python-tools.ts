import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { runProgram } from "../../platform/index.js";
import { diskFullError } from "../../store/index.js";
import { SourceError } from "../errors.js";

/** A way to fetch a Python package. */
export interface PythonTool {
  readonly kind: "pip" | "uv";
  /** The program and its first arguments: `python3 -m pip`. */
  readonly command: readonly [string, ...string[]];
}

/** In the order they are looked for. uv last: pip's settings are the more common place for an index of one's own. */
const TOOLS: readonly PythonTool[] = [
  { kind: "pip", command: ["python3", "-m", "pip"] },
  { kind: "pip", command: ["pip3"] },
  { kind: "pip", command: ["pip"] },
  { kind: "pip", command: ["python", "-m", "pip"] },
  ...(process.platform === "win32" ? [{ kind: "pip", command: ["py", "-m", "pip"] } as const] : []),
  { kind: "uv", command: ["uv"] },
];

/** A line of pip's can hold every version of a package. */
const MESSAGE_LENGTH = 400;

/** The first tool that works here; undefined if there is none. */
export async function findPythonTool(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<PythonTool | undefined> {
  for (const tool of TOOLS) {
    const [file, ...args] = tool.command;
    const result = await runProgram(file, [...args, "--version"], { env, signal });
    if (result?.code === 0) return tool;
  }
  return undefined;
}

/**
 * Runs pip or uv with a folder of its own for what it keeps meanwhile.
 *
 * @param folder - where it works: the growing file can be watched there, and that disk's room was checked
 * @throws {SourceError} it failed, with the gist of what it says
 * @throws {DiskFullError} it found the disk full
 */
export async function runPythonTool(
  { kind, command }: PythonTool,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const temp = join(folder, "temp");
  await mkdir(temp);
  const [file, ...first] = command;
  const result = await runProgram(file, [...first, ...args], {
    // nothing is installed, so a rule against installing outside a virtual environment doesn't apply
    env: { ...env, TMPDIR: temp, TEMP: temp, TMP: temp, PIP_REQUIRE_VIRTUALENV: "0" },
    signal,
  });
  if (result?.code === 0) return;
  const output = result?.output ?? "it could not be started";
  if (/No space left on device|os error 28/.test(output)) throw await diskFullError(folder, 0, output);
  throw new SourceError(`${kind} says: ${gist(output)}`);
}

function gist(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("WARNING"));
  const errors = lines.filter((line) => /^\s*error/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-2).join("; ").slice(0, MESSAGE_LENGTH).trim();
}
