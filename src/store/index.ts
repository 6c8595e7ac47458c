export {
  DiskFullError,
  FileInUseError,
  HomeNotWritableError,
  LockLostError,
  SettingsError,
} from "./errors.js";
export { diskFullError, explainDiskError } from "./explain-disk-error.js";
export { criaHome, makeRoom } from "./home.js";
export { withLock } from "./lock.js";
export { makeFolder, makeFolderSync } from "./make-folder.js";
export { isInUse, moveOver } from "./move-over.js";
export { clearFile, createOwnFile, openOwnFile, ownFileSize, readOwnText } from "./own-file.js";
export { type OnProgress, type Progress, ProgressMeter } from "./progress.js";
export { replaceFile } from "./replace-file.js";
export { changeSettings, keepChoice, readSettings, type Settings, settingsFile } from "./settings.js";
