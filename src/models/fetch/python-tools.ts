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

/** In the order of preference. uv is last, because private indexes are more often configured for pip. */
const TOOLS: readonly PythonTool[] = [
  { kind: "pip", command: ["python3", "-m", "pip"] },
  { kind: "pip", command: ["pip3"] },
  { kind: "pip", command: ["pip"] },
  { kind: "pip", command: ["python", "-m", "pip"] },
  ...(process.platform === "win32" ? [{ kind: "pip", command: ["py", "-m", "pip"] } as const] : []),
  { kind: "uv", command: ["uv"] },
];

/** The most characters to quote: a line of pip's output can list every version of a package. */
const MESSAGE_LENGTH = 400;

/** Finds the first tool that works on this machine. */
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
 * Runs pip or uv.
 *
 * @param folder - for temporary files, so that they are on the disk whose free space was checked and their growth can be seen
 * @throws {SourceError} the tool failed; the message quotes its output
 * @throws {DiskFullError} the disk is full
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
    // nothing is installed, so a rule against installing outside of a virtual environment does not apply
    env: { ...env, TMPDIR: temp, TEMP: temp, TMP: temp, PIP_REQUIRE_VIRTUALENV: "0" },
    signal,
  });
  if (result?.code === 0) return;
  const output = result?.output ?? "could not be started";
  if (/No space left on device|os error 28/.test(output)) throw await diskFullError(folder, 0, output);
  throw new SourceError(`${kind} failed: ${gist(output)}`);
}

function gist(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("WARNING"));
  const errors = lines.filter((line) => /^\s*error/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-2).join("; ").slice(0, MESSAGE_LENGTH).trim();
}
