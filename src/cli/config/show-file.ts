import {
  type ConfigSettings,
  settingsInForce,
  showConfig,
  type ShownConfig,
  valueAt,
} from "../../config/index.js";
import { isLoopback } from "../../platform/index.js";
import { defaultKeyFile } from "../../server/index.js";
import type { LoadedConfig } from "./load-config.js";

/** What a file leaves to this machine, and what its environment says instead. */
function others({ settings, options }: LoadedConfig, env: NodeJS.ProcessEnv): ShownConfig["others"] {
  const { host = "127.0.0.1" } = options;
  const auth = options.auth ?? (isLoopback(host) ? "none" : "keys");
  const modelFile = env["CRIA_MODEL"] ?? "";
  return {
    ...(settings.auth === undefined && { "/auth": { value: auth, from: "default" } }),
    ...(settings.keysFile === undefined &&
      auth === "keys" && { "/keysFile": { value: defaultKeyFile({ env }), from: "default" } }),
    ...(modelFile !== "" && { "/modelFile": { value: modelFile, from: "CRIA_MODEL" } }),
  };
}

/**
 * The settings in force with a file: its own, and the defaults of all others.
 *
 * @returns YAML with a comment on each line that says where its value comes from, or the plain value
 */
export function showFile(
  loaded: LoadedConfig,
  { json, env = process.env }: { readonly json: boolean; readonly env?: NodeJS.ProcessEnv },
): unknown {
  const { file, place, problems } = loaded;
  const secrets = problems.filter(({ isSecret }) => isSecret);
  const settings = secrets.reduce((shown, { pointer }) => withoutValue(shown, pointer), loaded.settings);
  const shown: ShownConfig = {
    file,
    settings,
    place,
    others: others(loaded, env),
    note: (key, value) => {
      if (key !== "keyEnv" || typeof value !== "string") return undefined;
      return (env[value] ?? "") === "" ? "not set here" : "set here";
    },
  };
  return json ? settingsInForce(shown) : showConfig(shown);
}

/** The settings with other words in place of a value that may be a secret. */
function withoutValue(settings: ConfigSettings, pointer: string): ConfigSettings {
  const copy = structuredClone(settings);
  const end = pointer.lastIndexOf("/");
  const section = valueAt(copy, pointer.slice(0, end));
  if (typeof section === "object" && section !== null)
    Object.assign(section, { [pointer.slice(end + 1)]: "not shown: it looks like a key" });
  return copy;
}
