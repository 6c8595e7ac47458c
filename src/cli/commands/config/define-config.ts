import type { Command } from "commander";

import type { OnExitCode } from "../../exit-code.js";
import { ExitCode } from "../../exit-code.js";
import { print, printJson } from "../../output.js";

/** Where commands look for a configuration that isn't named. */
const DEFAULT_FILE = "cria.yaml";

const EXAMPLES = `
Examples:
  cria config check                          looks at cria.yaml in this folder
  cria config check /etc/cria/cria.yaml      a line for each problem: FILE:LINE:COLUMN: what, and what to write
  cria config show                           what is in force: each setting, and the line it comes from
  cria config schema > cria.schema.json      then begin cria.yaml with
                                             # yaml-language-server: $schema=cria.schema.json
  cria serve --config cria.yaml

The exit code of check is 0 if the file can be used, else 2. docs/configuration.md describes every setting.`;

/** Defines `cria config` and its subcommands. */
export function defineConfig(program: Command, onExitCode: OnExitCode): void {
  const config = program
    .command("config")
    .description("Check the configuration file of `cria serve` and `cria run`, and show what is in force.")
    .helpCommand(false)
    .addHelpText("after", EXAMPLES);
  config
    .command("check")
    .description("Look for what is wrong in a configuration file, and say what to write instead.")
    .argument("[file]", "the file", DEFAULT_FILE)
    .action(async (file: string) => {
      onExitCode(await check(file));
    });
  config
    .command("show")
    .description("Print the settings in force with a file, and where each comes from. No secret is printed.")
    .argument("[file]", "the file", DEFAULT_FILE)
    .option("--json", "print one JSON object")
    .action(async (file: string, { json = false }: { readonly json?: boolean }) => {
      const { loadConfig, showFile } = await import("../../config/index.js");
      const shown = showFile(await loadConfig(file), { json });
      await (json ? printJson(shown) : print(String(shown)));
    });
  config
    .command("schema")
    .description("Print the JSON schema of the file, for editors.")
    .action(async () => {
      const { configSchema } = await import("../../../config/index.js");
      await printJson(configSchema);
    });
}

/** `cria config check` @returns the exit code */
async function check(file: string): Promise<number> {
  const [{ ConfigError, problemLines }, { checkFile }] = await Promise.all([
    import("../../../config/index.js"),
    import("../../config/index.js"),
  ]);
  try {
    const found = await checkFile(file);
    // a file is also checked where its secrets aren't
    const lines = found.map(({ isAbsent, message, ...each }) => ({
      ...each,
      message: isAbsent ? `warning: ${message}` : message,
    }));
    const isUsable = found.every(({ isAbsent }) => isAbsent);
    const last = found.length === 0 ? "nothing is wrong" : "nothing else is wrong";
    await printLines([...problemLines(file, lines), ...(isUsable ? [`${file}: ${last}.`] : [])]);
    return isUsable ? ExitCode.ok : ExitCode.usage;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    await printLines(problemLines(file, error.problems));
    return ExitCode.usage;
  }
}

function printLines(lines: readonly string[]): Promise<void> {
  return print(lines.map((line) => `${line}\n`).join(""));
}
