export type {
  BosRule,
  Engine,
  EngineHealth,
  EngineMemory,
  EngineModel,
  GenerateRequest,
  Generation,
  StopReason,
  Token,
} from "./engine.js";
export { EngineBusyError } from "./errors/engine-busy-error.js";
export { EngineStoppedError } from "./errors/engine-stopped-error.js";
export { EngineTimeoutError } from "./errors/engine-timeout-error.js";
export { EngineUnavailableError } from "./errors/engine-unavailable-error.js";
export { PromptTooLongError } from "./errors/prompt-too-long-error.js";
export {
  createScriptedEngine,
  type Script,
  type ScriptedEngineOptions,
  type ScriptedToken,
} from "./scripted.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  FIRST_TOKEN_MS,
  type LlamaCppEngineOptions,
  type LlamaCppFiles,
} from "./llama-cpp/llama-cpp-engine.js";
export { startEngineProcessAhead } from "./llama-cpp/child-process.js";
export { defaultSessionLimits, type SessionLimits } from "./llama-cpp/session-limits.js";
export type { LlamaCppEvent } from "./llama-cpp/supervisor.js";
export {
  ENGINE_VERSION,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  type LlamaCppRuntime,
} from "./llama-cpp/runtime.js";
export { EngineInstallError } from "./errors/engine-install-error.js";
export { EnginePlatformError } from "./errors/engine-platform-error.js";
export { usableCores } from "./cores/usable-cores.js";
export { until } from "./until.js";
