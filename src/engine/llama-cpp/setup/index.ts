export { type EngineState, engineState } from "./engine-state.js";
export {
  type EngineRuntime,
  ensureLlamaCppRuntime,
  type EnsureLlamaCppRuntimeOptions,
  keptRuntime,
  setUpEngine,
} from "./ensure-runtime.js";
