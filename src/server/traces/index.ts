export { startTraces, type Traces, type TracesSettings } from "./start-traces.js";
