export {
  createScriptedEngine,
  type Script,
  type ScriptedEngineOptions,
  type ScriptedToken,
} from "./scripted-engine.js";
