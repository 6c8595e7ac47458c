export {
  foundationModel,
  type FoundationModel,
  foundationModels,
  INFERENCE_TYPES,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "./foundation-models.js";
export { INFERENCE_PROFILE_TYPES, inferenceProfile, inferenceProfilesOf } from "./inference-profiles.js";
