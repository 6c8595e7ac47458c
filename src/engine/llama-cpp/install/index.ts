export { ENGINE_VERSION, packagesOf } from "./builds.js";
export { type Choice, choicesFor, GPU_SETTINGS, type GpuSetting } from "./choose-build.js";
export { cudaFolders, findGpuLibraries, type LibraryFacts, localFacts } from "./gpu-libraries.js";
export { findNpm, npmEnvironment } from "./runtime-npm.js";
export { buildByVariable, buildsFor, type Machine, thisMachine } from "./runtime-platform.js";
export {
  installBuild,
  type InstallOptions,
  isInstalled,
  type LlamaCppRuntime,
  runtimeOf,
} from "./runtime.js";
