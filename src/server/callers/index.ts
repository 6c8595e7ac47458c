export { Callers, type CallersOptions } from "./callers.js";
export { isPreflight, preflightHeaders } from "./cors.js";
