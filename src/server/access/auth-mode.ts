import { isLoopback } from "../../platform/loopback.js";

/** Who may call: anyone who can reach the server, or only those with a key. */
export type AuthMode = "none" | "keys";

/**
 * What holds where a server listens on `host`: what was asked for; else anyone on this machine, and off it only those with a key.
 *
 * @param asked - undefined where nothing was
 */
export function authModeFor(host: string, asked: AuthMode | undefined): AuthMode {
  return asked ?? (isLoopback(host) ? "none" : "keys");
}
