import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

import { expect } from "vitest";

import { runCli } from "./run-cli.js";
import { temporaryFile } from "./temporary-file.js";

/** The script that docs/scripts.md shows for the agents, as JSON. */
function agentScript(): string {
  const page = readFileSync(new URL("../../docs/scripts.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/^```json\n(.*?)^```$/gmsu)].map(([, json = ""]) => json);
  const script = blocks.find((json) => json.includes("days_between"));
  if (script === undefined) throw new Error("docs/scripts.md has no script for the agents.");
  return script;
}

/**
 * Runs one of the agents in `examples/` under `cria run`, with a script that answers only if the agent's tools give the right results, and
 * expects its calls and its answer on stdout.
 *
 * @param options - of `cria run`
 */
export async function expectAgentRuns(
  command: readonly string[],
  options: readonly string[] = [],
): Promise<void> {
  await using file = await temporaryFile("script.json", agentScript());
  const { code, stdout, stderr } = await runCli(["run", ...options, "--script", file.path, "--", ...command]);
  expect(stderr).not.toContain("in place of");
  // each language writes objects in its own way
  const lines = stripVTControlCharacters(stdout).replaceAll(/[ "']/gu, "");
  expect({ code, lines }, stderr).toEqual({
    code: 0,
    lines: [
      "days_between({start:2024-02-01,end:2024-03-01})=29\n",
      "multiply({a:29,b:24})=696\n",
      "Thereare696hours.\n",
    ].join(""),
  });
}
