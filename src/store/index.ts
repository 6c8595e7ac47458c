export { DiskFullError, HomeNotWritableError, LockLostError } from "./errors.js";
export { criaHome, diskFullError, explainDiskError, makeRoom } from "./home.js";
export { withLock } from "./lock.js";
export { type OnProgress, type Progress, ProgressMeter } from "./progress.js";
export { replaceFile } from "./replace-file.js";
