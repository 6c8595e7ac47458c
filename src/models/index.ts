export { machineMemory } from "../platform/machine-memory.js";
export { catalogue, weightsOf } from "./catalogue/catalogue.js";
export { defaultModel, defaultModelCache } from "./catalogue/default-model.js";
export { type FamilyFacts, familyFacts } from "./catalogue/families.js";
export { memoryNeed, weightBytes } from "./catalogue/memory-need.js";
export type {
  HuggingFaceSource,
  KnownModelEntry,
  ModelEntry,
  ModelSource,
  PythonPackageSource,
} from "./catalogue/model-entry.js";
export type { LlamaWeights, ModelShape, QuantizedWeights, WeightsFile } from "./catalogue/weights.js";
export {
  ChecksumError,
  DownloadCutError,
  GatedModelError,
  GgufFormatError,
  HubFileChangedError,
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
export { DOWNLOAD_LIMITS, type DownloadLimits } from "./fetch/download-limits.js";
export { ensureModelFile, type EnsureModelFileOptions } from "./fetch/ensure-model-file.js";
export { chooseQuantization, type PulledWeights, type PullOptions } from "./fetch/pull-weights.js";
export { pullWeights } from "./fetch/pull.js";
export { checkModelFile } from "./gguf/check-model-file.js";
export { chatTemplateOf, describeGguf, type GgufModel } from "./gguf/describe-gguf.js";
export { type AddedModel, addModel, type AddOptions } from "./local/add-model.js";
export { type FindOptions, findWeights, type FoundWeights } from "./local/find-weights.js";
export { type ListedModel, listModels } from "./local/list-models.js";
export { type ListedWeights, listWeights, type WeightsList } from "./local/list-weights.js";
export { type RemovedModel, removeModel } from "./local/remove-model.js";
export type { ScannedFile } from "./local/scan-stores.js";
export { modelsFolder } from "./model-paths.js";
