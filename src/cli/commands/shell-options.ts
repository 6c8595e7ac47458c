import { type Command, Option } from "commander";

import { type Shell, shellInUse, SHELLS } from "../shells.js";

/** Options of commands that print lines to paste into a shell. */
export interface ShellOptions {
  readonly shell?: Shell;
}

/** Adds `--shell`. */
export function addShellOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--shell <name>",
      "shell to print the lines for (default: fish if SHELL names it, else posix; on Windows, the one in use)",
    ).choices(SHELLS),
  );
}

/** The shell to print lines for. */
export function shellSetting({ shell = shellInUse() }: ShellOptions): Shell {
  return shell;
}
