export { type CacheLayout, cacheLayouts, type KvCacheType, type WantedLayout } from "./cache-layout.js";
export { catalogue, weightsOf } from "./catalogue.js";
export {
  mediumModel,
  mediumModelCache,
  smallModel,
  smallModelCache,
  STAND_IN_ID,
  standInModels,
} from "./stand-ins.js";
export { familyFacts } from "./families.js";
export { type CacheShape, MEMORY_SHARE, memoryNeed, weightBytes } from "./memory-need.js";
export type {
  HuggingFaceSource,
  KnownModelEntry,
  ModelEntry,
  ModelSource,
  PythonPackageSource,
} from "./model-entry.js";
export { quantizationOf } from "./quantizations.js";
export type { LlamaWeights, QuantizedWeights } from "./weights.js";
