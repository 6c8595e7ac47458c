import { type FoundProblem, loadConfig } from "./load-config.js";
import { oncePerSetting, refusedHere } from "./refused-here.js";

/**
 * Checks a file, and what it names, as a server would.
 *
 * @returns what is wrong on this machine
 * @throws {ConfigError} it can't be read, or something in it is wrong on every machine.
 */
export async function checkFile(file: string): Promise<readonly FoundProblem[]> {
  const loaded = await loadConfig(file);
  return oncePerSetting([...loaded.problems, ...(await refusedHere(loaded))]);
}
