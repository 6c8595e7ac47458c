export {
  fileSize,
  formatBytes,
  type ProgramOptions,
  type ProgramResult,
  runProgram,
} from "../platform/index.js";
export { diskFullError, errorCode, explainDiskError, makeRoom } from "./disk.js";
export { DiskFullError, HomeNotWritableError, LockLostError } from "./errors.js";
export { criaHome } from "./home.js";
export { type LockOptions, withLock } from "./lock.js";
export { type OnProgress, type Progress, ProgressMeter } from "./progress.js";
