/**
 * Cria as a library: serve the Bedrock Runtime API for Llama models, and call Llama models on Amazon Bedrock, on a Cria server, or on
 * this machine.
 *
 * @packageDocumentation
 */
export type { ExceptionType, RandomSource } from "./bedrock/index.js";
export { exceptionTypes } from "./bedrock/index.js";
export type {
  LlamaCallOptions,
  LlamaChunk,
  LlamaInput,
  LlamaMessage,
  LlamaMetrics,
  LlamaOptions,
  LlamaResult,
  LlamaStopReason,
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
  AdmissionOptions,
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
  Script,
  ScriptedAnswer,
  ScriptedEngineOptions,
  ScriptedToken,
  ScriptedToolCall,
  StopReason,
  Token,
} from "./engine/index.js";
export {
  createScriptedEngine,
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
  withAdmission,
} from "./engine/index.js";
export type { ModelFileProblem, SourceFailure } from "./models/index.js";
export {
  ChecksumError,
  DownloadCutError,
  GatedModelError,
  ModelFileError,
  ModelUnavailableError,
  RegistryError,
  SourceError,
} from "./models/index.js";
export type { LlamaFamily } from "./bedrock/index.js";
export { MessageOrderError } from "./prompt/index.js";
export type {
  AuthMode,
  BedrockUpstream,
  ChangeableOptions,
  CriaServer,
  EnvironmentOptions,
  Fault,
  FaultKind,
  LoggerOptions,
  MetricsOptions,
  ServeOptions,
  UpstreamServer,
  ServerLimits,
  StandInDownload,
  TlsIdentity,
  TlsOptions,
  TracesOptions,
} from "./server/index.js";
export {
  CertificateError,
  ClientGoneError,
  createLogger,
  faultKinds,
  FaultPlan,
  InvalidFaultError,
  InvalidHostError,
  InvalidModelMapError,
  InvalidOriginError,
  InvalidUpstreamError,
  KeyEnvironmentError,
  KeyFileError,
  ListenError,
  MissingPackagesError,
  NoKeysError,
  operationNames,
  parseFault,
  PortInUseError,
  serve,
  ServerClosingError,
  UnknownModelIdError,
  UnsupportedRuntimeError,
} from "./server/index.js";
export type { OnProgress, Progress } from "./store/index.js";
export {
  DiskFullError,
  FileInUseError,
  HomeNotWritableError,
  LockLostError,
  SettingsError,
} from "./store/index.js";
