export { type LlamaFamily, type LlamaModel, llamaModels } from "./llama-models.js";
export { MAX_MODEL_ID_LENGTH, modelArn, type ParsedModelId, parseModelId, partitionOf } from "./model-id.js";
export { type OpaqueArn, opaqueResources, parseOpaqueArn } from "./opaque-arn.js";
