export type { Connection } from "./connections.js";
export type { Exchange, Header, ResponseHead } from "./exchange.js";
export { SilenceWatch } from "./frame-writer.js";
export { listen, type Listener } from "./listener.js";
export { readBody } from "./read-body.js";
export type { TlsIdentity } from "./tls-server.js";
export { endDelayed, writeBody } from "./write-body.js";
export { type PassedBody, writePassed } from "./write-passed.js";
export { writeStream } from "./write-stream.js";
