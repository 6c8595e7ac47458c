export { ENGINE_VERSION } from "./builds.js";
export { ensureLlamaCppRuntime, type LlamaCppRuntime } from "./runtime.js";
