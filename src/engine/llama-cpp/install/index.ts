export { ENGINE_VERSION, ensureLlamaCppRuntime, type LlamaCppRuntime } from "./runtime.js";
