export { type LlamaFamily, type LlamaModel, llamaModels } from "./llama-models.js";
export { MAX_MODEL_ID_LENGTH, modelArn, parseModelId, partitionOf } from "./model-id.js";
