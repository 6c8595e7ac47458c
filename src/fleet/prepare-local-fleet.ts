import type { Fleet } from "./fleet.js";
import type { LocalFleetOptions } from "./local-fleet.js";

/**
 * Prepares a fleet that serves the models on this machine. If the engine's program files or the stand-in are missing, they are
 * fetched first, and the fleet isn't ready meanwhile.
 *
 * The code behind it is imported on the first call, so that a server with its own engine doesn't load it.
 *
 * @returns a function that starts the fleet
 * @throws {RegistryError} the list of pulled and added models can't be read.
 * @throws {SettingsError} the settings can't be read, or name a stand-in that is no model.
 */
export async function prepareLocalFleet(options: LocalFleetOptions): Promise<() => Fleet> {
  const { prepare } = await import("./local-fleet.js");
  return prepare(options);
}
