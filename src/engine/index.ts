export { AdmissionQueue } from "./admission-queue.js";
export { type AdmissionOptions, withAdmission } from "./admission.js";
export type {
  BosRule,
  CountTokensOptions,
  Engine,
  EngineCapabilities,
  EngineHealth,
  EngineImage,
  EngineMemory,
  EngineMessage,
  EngineModel,
  EngineToolCall,
  GenerateRequest,
  Generation,
  Notify,
  StopReason,
  Token,
} from "./engine.js";
export {
  EngineBusyError,
  EngineChatError,
  EngineImagesError,
  EngineInstallError,
  EnginePlatformError,
  EngineStoppedError,
  EngineTimeoutError,
  EngineUnavailableError,
  GpuUnavailableError,
  PromptTooLongError,
  ScriptError,
  TextNotTokenizedError,
  UpstreamModelError,
} from "./errors.js";
export {
  type CompletionsEngineOptions,
  createCompletionsEngine,
  type DialectName,
  type ServerFacts,
} from "./completions/index.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  ENGINE_VERSION,
  enginePackage,
  engineState,
  ensureLlamaCppRuntime,
  findNpm,
  GPU_SETTINGS,
  type GpuSetting,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  type LlamaCppFiles,
  npmEnvironment,
  setUpEngine,
  startEngineProcessAhead,
} from "./llama-cpp/index.js";
export { connectionProblem } from "./connection-problem.js";
export {
  createScriptedEngine,
  type Script,
  type ScriptedAnswer,
  type ScriptedEngineOptions,
  type ScriptedToken,
  type ScriptedToolCall,
} from "./scripted/index.js";
