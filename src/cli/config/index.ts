export { checkFile } from "./check-file.js";
export { ConfigFile, type LeftOut } from "./config-file.js";
export type { FollowedConfig } from "./followed-config.js";
export { loadConfig } from "./load-config.js";
export { showFile } from "./show-file.js";
