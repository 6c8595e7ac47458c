export { ConfigFile } from "./config-file.js";
export type { FollowedConfig } from "./followed-config.js";
export { loadConfig } from "./load-config.js";
export { showFile } from "./show-file.js";
