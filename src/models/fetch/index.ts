export { DOWNLOAD_LIMITS, type DownloadLimits } from "./download-limits.js";
export { ensureModelFile, type EnsureModelFileOptions } from "./ensure-model-file.js";
export { chooseQuantization, type PulledWeights, type PullOptions } from "./pull-weights.js";
export { pullWeights } from "./pull.js";
