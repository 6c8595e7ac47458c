export {
  DiskFullError,
  FileInUseError,
  HomeNotWritableError,
  LockLostError,
  SettingsError,
} from "./errors.js";
export { criaHome, diskFullError, explainDiskError, makeRoom } from "./home.js";
export { withLock } from "./lock.js";
export { isInUse, moveOver } from "./move-over.js";
export { type OnProgress, type Progress, ProgressMeter } from "./progress.js";
export { replaceFile } from "./replace-file.js";
export { changeSettings, keepChoice, readSettings, type Settings, settingsFile } from "./settings.js";
