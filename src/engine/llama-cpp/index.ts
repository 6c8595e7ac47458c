export {
  ENGINE_VERSION,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  type LlamaCppRuntime,
} from "./install/index.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  defaultSessionLimits,
  FIRST_TOKEN_MS,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  type LlamaCppFiles,
  type SessionLimits,
  startEngineProcessAhead,
} from "./parent/index.js";
