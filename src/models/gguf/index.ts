export { checkModelFile } from "./check-model-file.js";
export { chatTemplateOf, describeGguf, type GgufModel } from "./describe-gguf.js";
