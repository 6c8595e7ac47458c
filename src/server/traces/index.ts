export { checkTraces, startTraces } from "./start-traces.js";
export type { Traces, TracesSettings } from "./traces.js";
