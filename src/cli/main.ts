import { CommanderError } from "commander";

import { ExitCode } from "./exit-code.js";
import { guardOutput } from "./output.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

/**
 * Runs one command line. The answer goes to stdout, everything else to stderr.
 *
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  guardOutput();
  let exitCode: number = ExitCode.ok;
  const program = createProgram((code) => (exitCode = code));
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return reportError(error);
  }
}
