export { type AdmissionOptions, QUEUE_LENGTH, QUEUE_WAIT_MS, withAdmission } from "./admission.js";
export type {
  BosRule,
  CountTokensOptions,
  Engine,
  EngineCapabilities,
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
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  defaultSessionLimits,
  ENGINE_VERSION,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  FIRST_TOKEN_MS,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  type LlamaCppFiles,
  type LlamaCppRuntime,
  type SessionLimits,
  startEngineProcessAhead,
} from "./llama-cpp/index.js";
export {
  createScriptedEngine,
  type Script,
  type ScriptedEngineOptions,
  type ScriptedToken,
} from "./scripted/index.js";
export { until, usableCores } from "../platform/index.js";
