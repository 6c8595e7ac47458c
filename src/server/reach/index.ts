export { certificateWarnings, checkIdentity } from "./check-identity.js";
export { clearedVariables, environmentFor, type EnvironmentOptions } from "./environment.js";
export { javaTrustOptions, keytoolArguments } from "./java-trust-store.js";
export { setUpTls } from "./set-up-tls.js";
export type { TlsOptions, TrustFiles } from "./tls-options.js";
