import { createRequire } from "node:module";

import { Command } from "commander";

import { printable } from "../platform/index.js";
import {
  defineAsk,
  defineConfig,
  defineDoctor,
  defineKeys,
  defineModels,
  defineRun,
  defineServe,
  defineSetup,
} from "./commands/index.js";
import type { OnExitCode } from "./exit-code.js";

/**
 * The commands with their options and help. The rooms that a command uses are imported when it runs, so that `cria --help`
 * answers at once.
 *
 * @param onExitCode - called by a command that has an exit code of its own; other commands exit with 0, or throw
 */
export function createProgram(onExitCode: OnExitCode): Command {
  const program = new Command("cria")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions()
    // it quotes what was typed, which may have been pasted
    .configureOutput({ outputError: (text, write) => write(printable(text)) })
    .exitOverride();
  defineAsk(program);
  defineServe(program);
  defineRun(program, onExitCode);
  defineConfig(program, onExitCode);
  defineSetup(program);
  defineModels(program);
  defineKeys(program);
  defineDoctor(program, onExitCode);
  pointToHelp(program, program.name());
  return program;
}

/** Makes a usage error name the help of its own command. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`See \`${name} --help\`.`);
  for (const each of command.commands) pointToHelp(each, `${name} ${each.name()}`);
}

function version(): string {
  // by the package's own name: where this module stands depends on how it was built
  const manifest = createRequire(import.meta.url)("cria/package.json") as { version: string };
  return manifest.version;
}
