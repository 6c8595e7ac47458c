import type { Command } from "commander";

import type { ConfigFile, LeftOut } from "../../config/index.js";

/** The option for a configuration file. */
export interface ConfigOption {
  readonly config?: string;
}

/** Adds {@link ConfigOption} to a command. @param more - what the command does with the file besides */
export function addConfigOption(command: Command, more = ""): Command {
  return command.option(
    "-c, --config <file>",
    `settings from a YAML file (docs/configuration.md); options on the command line win over it${more}`,
  );
}

/**
 * Reads the file, if one is named. What it takes to read one is loaded only then.
 *
 * @param leftOut - what the command doesn't use of it
 * @throws {ConfigError} it can't be read, something in it is wrong, or a variable or file that it names isn't here.
 */
export async function openConfig(
  { config }: ConfigOption,
  leftOut: LeftOut = [],
): Promise<ConfigFile | undefined> {
  if (config === undefined) return undefined;
  const { ConfigFile: File } = await import("../../config/index.js");
  return File.open(config, leftOut);
}

/** The options that were typed, or that a variable sets: those that win over a file. Defaults aren't among them. */
export function givenOptions<T extends object>(command: Command): Partial<T> {
  const all = command.opts<T>();
  const names = Object.keys(all).filter((name) => command.getOptionValueSource(name) !== "default");
  return Object.fromEntries(names.map((name) => [name, all[name as keyof T]])) as Partial<T>;
}
