export type { Script, ScriptedToken } from "./script.js";
export { createScriptedEngine, type ScriptedEngineOptions } from "./scripted-engine.js";
