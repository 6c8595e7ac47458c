export { Callers, refuseCaller } from "./callers.js";
export { isPreflight, preflightHeaders } from "./cors.js";
