export {
  type CacheLayout,
  cacheLayouts,
  catalogue,
  defaultModel,
  defaultModelCache,
  familyFacts,
  type KnownModelEntry,
  type KvCacheType,
  type LlamaWeights,
  MEMORY_SHARE,
  memoryNeed,
  type ModelEntry,
  type QuantizedWeights,
  type WantedLayout,
  weightBytes,
  weightsOf,
} from "./catalogue/index.js";
export {
  ChecksumError,
  DownloadCutError,
  GatedModelError,
  GgufFormatError,
  ModelFileError,
  type ModelFileProblem,
  ModelMismatchError,
  ModelNotHereError,
  ModelUnavailableError,
  NoWeightsError,
  RegistryError,
  SourceError,
  type SourceFailure,
  UnknownModelError,
} from "./errors.js";
export { askHub, chooseQuantization, ensureModelFile, type PullOptions, pullWeights } from "./fetch/index.js";
export { chatTemplateOf, checkModelFile, describeGguf } from "./gguf/index.js";
export {
  addModel,
  findWeights,
  type FoundWeights,
  type ListedModel,
  type ListedWeights,
  listModels,
  listWeights,
  removeModel,
  type ScannedFile,
  type WeightsList,
} from "./local/index.js";
export { modelsFolder } from "./model-paths.js";
