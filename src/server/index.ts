export type { AuthMode } from "./access/authenticator.js";
export { defaultKeyFile } from "./access/key-file.js";
export { createKey, type ListedKey, listKeys, removeKeys } from "./access/manage-keys.js";
export { RAW_HEADER, SEED_HEADER, STAND_IN_HEADER } from "./cria-headers.js";
export {
  CertificateError,
  InvalidFaultError,
  NoKeysError,
  PortInUseError,
  UnknownModelIdError,
} from "./errors.js";
export { FaultPlan } from "./faults/fault-plan.js";
export { type Fault, type FaultKind, SLOW_MS } from "./faults/fault.js";
export { faultKinds, parseFault } from "./faults/parse-fault.js";
export { CLOSE_GRACE_MS, defaultLimits, type ServerLimits } from "./limits.js";
export { createLogger, type LoggerOptions } from "./observe/logger.js";
export { clearedVariables } from "./reach/environment.js";
export { keytoolArguments } from "./reach/java-trust-store.js";
export type { TlsOptions } from "./reach/tls-options.js";
export { javaTrustOptions } from "./reach/trust-variables.js";
export { operationNames } from "./routes.js";
export type { CriaServer } from "./running-server.js";
export type { ServeOptions } from "./serve-options.js";
export { serve } from "./serve.js";
