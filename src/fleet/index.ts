export type { Engines } from "./fleet.js";
export { prepareLocalEngines } from "./prepare-local-engines.js";
export { SingleEngine } from "./single-engine.js";
