export type { LlamaChunk, LlamaMetrics, LlamaStopReason } from "./chunk.js";
export { importSdk as preloadSdk } from "./connection.js";
export { LlamaResponseError, StreamBrokenError, UnknownPromptFormatError } from "./errors.js";
export { invokeLlama, type LlamaResult } from "./invoke-llama.js";
export { closeLocal } from "./local-server.js";
export {
  DEFAULT_MODEL_ID,
  type LlamaCallOptions,
  type LlamaInput,
  type LlamaMessage,
  type LlamaOptions,
  type LlamaTarget,
} from "./options.js";
export { type LlamaStream, type LlamaTotals, streamLlama } from "./stream-llama.js";
