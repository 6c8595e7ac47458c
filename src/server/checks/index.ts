export { checkOptions } from "./check-options.js";
export { refusals } from "./refusals.js";
