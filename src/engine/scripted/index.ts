export type { Script, ScriptedAnswer, ScriptedToken, ScriptedToolCall } from "./script.js";
export { createScriptedEngine, type ScriptedEngineOptions } from "./scripted-engine.js";
