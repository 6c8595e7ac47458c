import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";

import type { Logger } from "pino";

import type { ServerLimits } from "../limits.js";

/** What a TLS server shows of itself, in PEM. */
export interface TlsIdentity {
  /** The certificate, followed by those that lead to one that clients trust. */
  readonly cert: string;
  /** Its private key. */
  readonly key: string;
}

/** A TLS server that is given its connections. */
export interface TlsServer {
  /** Shakes hands over a connection that was paused and had its first bytes put back. */
  accept(socket: Socket): void;
}

/** What clients may choose from, the first that they know too; a client that offers only others is refused (RFC 7301, 3.2). */
const PROTOCOLS = ["h2", "http/1.1"];

/** Older ones are broken (RFC 8996); no SDK of AWS's speaks them. */
const OLDEST = "TLSv1.2";

/** @param onSecure - called with every connection whose handshake was made */
export function createTlsServer(
  identity: TlsIdentity,
  limits: ServerLimits,
  logger: Logger,
  onSecure: (secure: TLSSocket) => void,
): TlsServer {
  const server = createServer({
    ...identity,
    minVersion: OLDEST,
    ALPNProtocols: PROTOCOLS,
    handshakeTimeout: limits.handshakeMs,
  });
  server.on("secureConnection", (secure) => {
    // an error here is followed by 'close', which tells the same
    secure.on("error", () => undefined);
    onSecure(secure);
  });
  // a client that doesn't trust the certificate, among others: its user sees why, so here it's a line for debugging
  server.on("tlsClientError", (error: NodeJS.ErrnoException, secure) => {
    logger.debug({ reason: error.code ?? error.message }, "a TLS handshake failed");
    secure.destroy();
  });
  return {
    accept(socket) {
      // a client that ends the connection in the middle of a handshake is gone
      socket.allowHalfOpen = false;
      socket.on("error", () => undefined);
      server.emit("connection", socket);
    },
  };
}
