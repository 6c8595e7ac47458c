export { addConfigOption, type ConfigOption, givenOptions, openConfig } from "./config-option.js";
export { defineConfig } from "./define-config.js";
