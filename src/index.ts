/**
 * Cria as a library: serve the Bedrock Runtime API for Llama models, and call Llama on Amazon Bedrock, on Cria, or in this
 * process.
 *
 * @packageDocumentation
 */
export type {
  LlamaCallOptions,
  LlamaChunk,
  LlamaInput,
  LlamaMessage,
  LlamaMetrics,
  LlamaOptions,
  LlamaResult,
  LlamaStream,
  LlamaTarget,
  LlamaTotals,
} from "./client/index.js";
export {
  closeLocal,
  DEFAULT_MODEL_ID,
  invokeLlama,
  LlamaResponseError,
  StreamBrokenError,
  streamLlama,
  UnknownPromptFormatError,
} from "./client/index.js";
export type {
  BosRule,
  Engine,
  EngineHealth,
  EngineModel,
  GenerateRequest,
  Generation,
  Script,
  ScriptedEngineOptions,
  ScriptedToken,
  StopReason,
  Token,
} from "./engine/index.js";
export {
  createScriptedEngine,
  EngineBusyError,
  EngineStoppedError,
  EngineUnavailableError,
  PromptTooLongError,
} from "./engine/index.js";
export { ModelFileError, ModelUnavailableError } from "./models/index.js";
export type {
  AuthMode,
  CriaServer,
  Fault,
  FaultKind,
  LoggerOptions,
  ServeOptions,
  ServerLimits,
  TlsOptions,
} from "./server/index.js";
export {
  CertificateError,
  createLogger,
  FaultPlan,
  NoKeysError,
  PortInUseError,
  serve,
  UnknownModelIdError,
} from "./server/index.js";
export type { OnProgress, Progress } from "./store/index.js";
