export { askDevices, type AskOptions } from "./ask-devices.js";
export { startEngineProcessAhead } from "./child-process.js";
export {
  createLlamaCppEngine,
  DEFAULT_CONTEXT_SIZE,
  DEFAULT_SEQUENCES,
  llamaCppCapabilities,
  type LlamaCppEngineOptions,
  type LlamaCppFiles,
} from "./llama-cpp-engine.js";
export type { LlamaCppEvent } from "./supervisor.js";
