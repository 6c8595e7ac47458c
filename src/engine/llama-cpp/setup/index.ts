export { enginePackage, engineState } from "./engine-state.js";
export { ensureLlamaCppRuntime, setUpEngine } from "./ensure-runtime.js";
