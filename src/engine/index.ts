export { until } from "../platform/until.js";
export { usableCores } from "../platform/usable-cores.js";
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
  EngineBusyError,
  EngineInstallError,
  EnginePlatformError,
  EngineStoppedError,
  EngineTimeoutError,
  EngineUnavailableError,
  PromptTooLongError,
} from "./errors.js";
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
export {
  createScriptedEngine,
  type Script,
  type ScriptedEngineOptions,
  type ScriptedToken,
} from "./scripted/scripted-engine.js";
