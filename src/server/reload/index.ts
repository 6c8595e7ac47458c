export { type Changeable, readChangeable } from "./changeable.js";
export { Configurations } from "./configurations.js";
