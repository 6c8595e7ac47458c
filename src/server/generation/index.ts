export { enginePrompt, type PromptOrChat } from "./engine-prompt.js";
export { findModel, type ModelUse } from "./find-model.js";
export { inBedrocksWords } from "./refused-images.js";
export { partCapabilities } from "./part-capabilities.js";
export { standInBeginning } from "./stand-in.js";
export { type GenerationInput, startGeneration } from "./start-generation.js";
export { endedWithoutReason, TokenMeter, wholeText } from "./token-meter.js";
