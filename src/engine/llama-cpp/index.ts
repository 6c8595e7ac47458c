export { ENGINE_VERSION, findNpm, GPU_SETTINGS, type GpuSetting, npmEnvironment } from "./install/index.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppEvent,
  type LlamaCppFiles,
  startEngineProcessAhead,
} from "./parent/index.js";
export { enginePackage, engineState, ensureLlamaCppRuntime, setUpEngine } from "./setup/index.js";
