export { bothOrNone } from "./both-or-none.js";
export { cpuTimeOf, cpuTimesReader } from "./cpu-times.js";
export { errorCode, fileSize, filesBelow, formatBytes, freeBytes, isInside } from "./files.js";
export { glibcVersion } from "./glibc.js";
export { isLoopback, urlOf } from "./hosts.js";
export { machineMemory, usableCores } from "./machine.js";
export { runProgram } from "./run-program.js";
export { timerMs } from "./timers.js";
export { until } from "./until.js";
