import type { Fleet } from "./fleet.js";
import type { LocalFleetOptions } from "./local-fleet.js";

/**
 * Prepares the engines that serve the models of this machine: finds out what there is. Whatever is missing, program files or the
 * default model, an engine fetches first, and says meanwhile that it isn't ready.
 *
 * Everything behind it is imported here, when it is called: a server with an engine of its own loads none of it.
 *
 * @returns what starts them
 * @throws {RegistryError} what was pulled and added can't be told.
 */
export async function prepareLocalFleet(options: LocalFleetOptions): Promise<() => Fleet> {
  const { prepare } = await import("./local-fleet.js");
  return prepare(options);
}
