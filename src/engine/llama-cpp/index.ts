export { ENGINE_VERSION, ensureLlamaCppRuntime } from "./install/index.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  type LlamaCppFiles,
  startEngineProcessAhead,
} from "./parent/index.js";
