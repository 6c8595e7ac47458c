export { addModel } from "./add-model.js";
export { findWeights, type FoundWeights } from "./find-weights.js";
export { familyMismatch } from "./identify.js";
export { type ListedModel, listModels } from "./list-models.js";
export { type ListedWeights, listWeights, type WeightsList } from "./list-weights.js";
export { registerModel } from "./registry.js";
export { type RemovedEntry, removeModel } from "./remove-model.js";
export type { ScannedFile } from "./scan-stores.js";
