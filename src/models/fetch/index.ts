export { ensureModelFile, type EnsureModelFileOptions } from "./ensure-model-file.js";
export { DOWNLOAD_LIMITS, type DownloadLimits } from "./fetch-job.js";
export { chooseQuantization, type PulledWeights, type PullOptions, pullWeights } from "./pull-weights.js";
