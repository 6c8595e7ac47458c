export { type Asked, enginePrompt } from "./engine-prompt.js";
export { findModel } from "./find-model.js";
export { type GenerationInput, startGeneration } from "./start-generation.js";
export { endedWithoutReason, TokenMeter, wholeText } from "./token-meter.js";
