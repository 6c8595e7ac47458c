export {
  foundationModel,
  type FoundationModel,
  foundationModels,
  INFERENCE_TYPES,
  isOnDemand,
  MODEL_CUSTOMIZATIONS,
  MODEL_MODALITIES,
} from "./foundation-models.js";
export {
  applicationProfile,
  INFERENCE_PROFILE_TYPES,
  inferenceProfile,
  type InferenceProfile,
  inferenceProfilesOf,
} from "./inference-profiles.js";
