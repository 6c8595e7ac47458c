import { stripVTControlCharacters } from "node:util";

import { expect } from "vitest";

import { startCli, type CliOptions } from "./run-cli.js";
import { temporaryFile } from "./temporary-file.js";

/** Long enough for the first token to be printed alone, even on a busy machine. */
const PAUSE_MS = 2000;

/**
 * Runs an example that a build tool starts under `cria run`, and expects the first token on stdout while the second isn't
 * generated yet. It ignores terminal colour codes that the tool adds to stdout.
 *
 * @param options - of `cria run`
 */
export async function expectExampleStreams(
  command: readonly string[],
  options: readonly string[] = [],
  cliOptions: CliOptions = {},
): Promise<void> {
  const tokens = [" Hello", { text: " there", delayMs: PAUSE_MS }];
  await using file = await temporaryFile("script.json", JSON.stringify({ tokens }));
  const cli = startCli(["run", ...options, "--script", file.path, "--", ...command], cliOptions);
  await cli.until("stdout", / Hello/u);
  expect(cli.stdout).not.toContain("there");
  const code = await cli.ended;
  expect({ code, stdout: stripVTControlCharacters(cli.stdout) }).toEqual({
    code: 0,
    stdout: " Hello there\n",
  });
}
