export {
  MAX_CONNECTIONS,
  MAX_CONTEXT,
  MAX_HEADER_BYTES,
  MAX_REQUESTS,
  MAX_RETRIES,
  MAX_SEQUENCES,
  MAX_STREAMS,
  MAX_THREADS,
  MAX_WAIT_MS,
  MIN_HEADER_BYTES,
} from "./bounds.js";
export { ConfigError, type ConfigProblem, inOrder, MOST_PROBLEMS, problemLines } from "./errors.js";
export { MAX_CONFIG_BYTES, type Place, pointerTo } from "./parse-yaml.js";
export { type ReadConfig, readConfig } from "./read-config.js";
export { configSchema, type JsonSchema } from "./schema/index.js";
export { looksLikeKey } from "./secrets.js";
export type {
  BedrockSettings,
  ConfigSettings,
  ModelSettings,
  ServerSettings,
  UpstreamSettings,
} from "./settings.js";
export { settingsInForce, showConfig, type ShownConfig, valueAt } from "./show-config.js";
