import { homedir } from "node:os";

/** The user's folder, as the programs with stores in it find it. */
export function userHome(env: NodeJS.ProcessEnv): string {
  const home = process.platform === "win32" ? env["USERPROFILE"] : env["HOME"];
  return home === undefined || home === "" ? homedir() : home;
}
