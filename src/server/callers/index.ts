export { Callers } from "./callers.js";
export { isPreflight, preflightHeaders } from "./cors.js";
