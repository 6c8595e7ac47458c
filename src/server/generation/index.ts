export { type Asked, enginePrompt } from "./engine-prompt.js";
export { lastFrame } from "./exception-frame.js";
export { findModel } from "./find-model.js";
export { type GenerationInput, type StartedGeneration, startGeneration } from "./start-generation.js";
export { endedWithoutReason, TokenMeter, wholeText } from "./token-meter.js";
