export { chunkFrames, encodeChunkFrame } from "./chunk-frame.js";
export {
  DEFAULT_MAX_GEN_LEN,
  type NativeSettings,
  parseNativeRequest,
  readNativeSettings,
} from "./request.js";
export {
  encodeNativeResponse,
  INVOCATION_METRICS_KEY,
  type InvocationMetrics,
  type NativeLlamaResponse,
  type NativeStopReason,
} from "./response.js";
