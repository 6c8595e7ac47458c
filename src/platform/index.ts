export { fileSize } from "./file-size.js";
export { formatBytes } from "./format-bytes.js";
export { isLoopback, urlOf } from "./loopback.js";
export { machineMemory } from "./machine-memory.js";
export { type ProgramOptions, type ProgramResult, runProgram } from "./run-program.js";
export { until } from "./until.js";
export { usableCores } from "./usable-cores.js";
