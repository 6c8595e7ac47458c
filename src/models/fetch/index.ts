export { askHub } from "./ask-hub.js";
export { ensureModelFile } from "./ensure-model-file.js";
export { chooseQuantization, type PullOptions, pullWeights } from "./pull-weights.js";
