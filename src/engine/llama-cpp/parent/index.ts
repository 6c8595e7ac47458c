export { startEngineProcessAhead } from "./child-process.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  FIRST_TOKEN_MS,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppFiles,
} from "./llama-cpp-engine.js";
export { defaultSessionLimits, type SessionLimits } from "./session-limits.js";
export type { LlamaCppEvent } from "./supervisor.js";
