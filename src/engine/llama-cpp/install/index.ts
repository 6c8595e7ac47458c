export {
  ENGINE_VERSION,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  type LlamaCppRuntime,
} from "./runtime.js";
