export {
  type AuthMode,
  createKey,
  defaultKeyFile,
  type ListedKey,
  listKeys,
  removeKeys,
} from "./access/index.js";
export { refusals } from "./checks/index.js";
export {
  CertificateError,
  ClientGoneError,
  InvalidFaultError,
  InvalidHostError,
  InvalidModelMapError,
  InvalidOriginError,
  InvalidUpstreamError,
  KeyEnvironmentError,
  KeyFileError,
  ListenError,
  MissingPackagesError,
  NoKeysError,
  PortInUseError,
  ServerClosingError,
  UnknownModelIdError,
  UnsupportedRuntimeError,
} from "./errors.js";
export { type Fault, type FaultKind, faultKinds, FaultPlan, parseFault } from "./faults/index.js";
export { defaultLimits, FIXED_LIMITS, type ServerLimits } from "./limits.js";
export { createLogger, type LoggerOptions } from "./observe/index.js";
export {
  clearedVariables,
  type EnvironmentOptions,
  javaTrustOptions,
  keytoolArguments,
  type TlsOptions,
} from "./reach/index.js";
export { type Check, orderOfChecks } from "./order-of-checks.js";
export { operationNames } from "./operations/index.js";
export type { CriaServer } from "./running-server.js";
export type { StandInDownload } from "../fleet/index.js";
export type {
  BedrockUpstream,
  ChangeableOptions,
  MetricsOptions,
  ServeOptions,
  TracesOptions,
  UpstreamServer,
} from "./serve-options.js";
export { serve } from "./serve.js";
export type { TlsIdentity } from "./transport/index.js";
