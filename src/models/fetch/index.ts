export { ensureModelFile, findModelFile } from "./ensure-model-file.js";
export type { DownloadLimits } from "./fetch-job.js";
export { hubProblem } from "./hub-problem.js";
export { chooseQuantization, type PullOptions, pullWeights } from "./pull-weights.js";
