export { getFoundationModel } from "./get-foundation-model.js";
export { getInferenceProfile } from "./get-inference-profile.js";
export { listFoundationModels } from "./list-foundation-models.js";
export { listInferenceProfiles } from "./list-inference-profiles.js";
