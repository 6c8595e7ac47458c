export { type CompletionsEngineOptions, createCompletionsEngine } from "./completions-engine.js";
export type { DialectName } from "./dialect.js";
