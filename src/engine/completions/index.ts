export { type CompletionsEngineOptions, createCompletionsEngine } from "./completions-engine.js";
export type { DialectName } from "./dialect.js";
export type { ServerFacts } from "./known-server.js";
