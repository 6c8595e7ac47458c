export { until } from "../platform/until.js";
export { usableCores } from "../platform/usable-cores.js";
export { EngineBusyError } from "./engine-busy-error.js";
export { EngineInstallError } from "./engine-install-error.js";
export { EnginePlatformError } from "./engine-platform-error.js";
export { EngineStoppedError } from "./engine-stopped-error.js";
export { EngineTimeoutError } from "./engine-timeout-error.js";
export { EngineUnavailableError } from "./engine-unavailable-error.js";
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
export {
  ENGINE_VERSION,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  type LlamaCppRuntime,
} from "./llama-cpp/install/runtime.js";
export { startEngineProcessAhead } from "./llama-cpp/parent/child-process.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  FIRST_TOKEN_MS,
  type LlamaCppEngineOptions,
  type LlamaCppFiles,
} from "./llama-cpp/parent/llama-cpp-engine.js";
export { defaultSessionLimits, type SessionLimits } from "./llama-cpp/parent/session-limits.js";
export type { LlamaCppEvent } from "./llama-cpp/parent/supervisor.js";
export { PromptTooLongError } from "./prompt-too-long-error.js";
export {
  createScriptedEngine,
  type Script,
  type ScriptedEngineOptions,
  type ScriptedToken,
} from "./scripted/scripted.js";
