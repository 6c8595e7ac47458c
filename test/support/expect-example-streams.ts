import { stripVTControlCharacters } from "node:util";

import { expect } from "vitest";

import { startCli, type CliOptions } from "./run-cli.js";
import { temporaryFile } from "./temporary-file.js";

/** Long enough for a first token to be seen on its own, on a busy machine too. */
const PAUSE_MS = 2000;

/**
 * Runs an example that a build tool starts under `cria run`, and expects the first token on stdout while the second isn't
 * generated yet. What the tool adds to stdout to set a terminal's colours is overlooked.
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
