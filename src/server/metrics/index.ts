export { type Definition, definitions } from "./definitions.js";
export { ServerMetrics } from "./server-metrics.js";
