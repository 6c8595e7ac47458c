export {
  type CompletionsEngineOptions,
  createCompletionsEngine,
  type ServerFacts,
} from "./completions-engine.js";
export type { DialectName } from "./dialect.js";
