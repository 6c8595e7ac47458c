export {
  getFoundationModel,
  getInferenceProfile,
  listFoundationModels,
  listInferenceProfiles,
} from "./control-plane/index.js";
export { converse, converseStream } from "./converse/index.js";
export { countTokens } from "./count-tokens.js";
export { health } from "./health.js";
export { invokeModel, invokeModelWithResponseStream } from "./native/index.js";
