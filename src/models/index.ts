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
export { ChecksumError } from "./checksum-error.js";
export { DownloadCutError } from "./download-cut-error.js";
export { chooseQuantization } from "./fetch/choose-quantization.js";
export { DOWNLOAD_LIMITS, type DownloadLimits } from "./fetch/download-limits.js";
export { ensureModelFile, type EnsureModelFileOptions } from "./fetch/ensure-model-file.js";
export type { PulledWeights, PullOptions } from "./fetch/pull-weights.js";
export { pullWeights } from "./fetch/pull.js";
export { GatedModelError } from "./gated-model-error.js";
export { GgufFormatError } from "./gguf-format-error.js";
export { chatTemplateOf } from "./gguf/chat-template.js";
export { checkModelFile } from "./gguf/check-model-file.js";
export { describeGguf, type GgufModel } from "./gguf/describe-gguf.js";
export { HubFileChangedError } from "./hub-file-changed-error.js";
export { type AddedModel, addModel, type AddOptions } from "./local/add-model.js";
export { type FindOptions, findWeights, type FoundWeights } from "./local/find-weights.js";
export { type ListedModel, listModels } from "./local/list-models.js";
export { type ListedWeights, listWeights, type WeightsList } from "./local/list-weights.js";
export { type RemovedModel, removeModel } from "./local/remove-model.js";
export type { ScannedFile } from "./local/scan-stores.js";
export { ModelFileError, type ModelFileProblem } from "./model-file-error.js";
export { ModelMismatchError } from "./model-mismatch-error.js";
export { ModelNotHereError } from "./model-not-here-error.js";
export { modelsFolder } from "./model-path.js";
export { ModelUnavailableError, type SourceFailure } from "./model-unavailable-error.js";
export { NoWeightsError } from "./no-weights-error.js";
export { RegistryError } from "./registry-error.js";
export { SourceError } from "./source-error.js";
export { UnknownModelError } from "./unknown-model-error.js";
