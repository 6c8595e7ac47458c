export { clearedVariables, environmentFor } from "./environment.js";
export { keytoolArguments } from "./java-trust-store.js";
export { setUpTls } from "./set-up-tls.js";
export type { TlsOptions, TrustFiles } from "./tls-options.js";
export { javaTrustOptions } from "./trust-variables.js";
