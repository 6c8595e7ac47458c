export { type AddedModel, addModel, type AddOptions } from "./add-model.js";
export { catalogue, weightsOf } from "./catalogue/catalogue.js";
export { defaultModel, defaultModelCache } from "./catalogue/default-model.js";
export { type FamilyFacts, familyFacts } from "./catalogue/families.js";
export type { LlamaWeights, ModelShape, QuantizedWeights, WeightsFile } from "./catalogue/weights.js";
export { chatTemplateOf } from "./chat-template.js";
export { chooseQuantization } from "./choose-quantization.js";
export { checkModelFile } from "./check-model-file.js";
export { DOWNLOAD_LIMITS, type DownloadLimits } from "./download/download-limits.js";
export { ensureModelFile, type EnsureModelFileOptions } from "./ensure-model-file.js";
export { ChecksumError } from "./errors/checksum-error.js";
export { DownloadCutError } from "./errors/download-cut-error.js";
export { GatedModelError } from "./errors/gated-model-error.js";
export { GgufFormatError } from "./errors/gguf-format-error.js";
export { HubFileChangedError } from "./errors/hub-file-changed-error.js";
export { ModelFileError, type ModelFileProblem } from "./errors/model-file-error.js";
export { ModelMismatchError } from "./errors/model-mismatch-error.js";
export { ModelNotHereError } from "./errors/model-not-here-error.js";
export { ModelUnavailableError, type SourceFailure } from "./errors/model-unavailable-error.js";
export { NoWeightsError } from "./errors/no-weights-error.js";
export { RegistryError } from "./errors/registry-error.js";
export { SourceError } from "./errors/source-error.js";
export { UnknownModelError } from "./errors/unknown-model-error.js";
export { type FindOptions, findWeights, type FoundWeights } from "./find-weights.js";
export { describeGguf, type GgufModel } from "./gguf/describe-gguf.js";
export { type ListedModel, listModels } from "./list-models.js";
export { type ListedWeights, listWeights, type WeightsList } from "./list-weights.js";
export { machineMemory } from "./machine-memory.js";
export { modelsFolder } from "./model-path.js";
export { memoryNeed, weightBytes } from "./memory-need.js";
export type {
  HuggingFaceSource,
  KnownModelEntry,
  ModelEntry,
  ModelSource,
  PythonPackageSource,
} from "./model-entry.js";
export { pullWeights } from "./pull.js";
export type { PulledWeights, PullOptions } from "./pull-weights.js";
export { type RemovedModel, removeModel } from "./remove-model.js";
export type { ScannedFile } from "./stores/scan-stores.js";
