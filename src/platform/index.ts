export { type CpuTimes, cpuTimeOf, cpuTimesReader } from "./cpu-times.js";
export { errorCode, fileSize, filesBelow, formatBytes, freeBytes, isInside } from "./files.js";
export { isLoopback, urlOf } from "./hosts.js";
export { machineMemory, usableCores } from "./machine.js";
export { type ProgramResult, runProgram } from "./run-program.js";
export { timerMs } from "./timers.js";
export { until } from "./until.js";
