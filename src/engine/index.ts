export type {
  BosRule,
  Engine,
  EngineHealth,
  EngineModel,
  GenerateRequest,
  Generation,
  StopReason,
  Token,
} from "./engine.js";
export { EngineBusyError } from "./errors/engine-busy-error.js";
export { EngineStoppedError } from "./errors/engine-stopped-error.js";
export { EngineUnavailableError } from "./errors/engine-unavailable-error.js";
export { PromptTooLongError } from "./errors/prompt-too-long-error.js";
