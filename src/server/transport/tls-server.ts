import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";

import type { Logger } from "pino";

import type { ServerLimits } from "../limits.js";
import type { Connection } from "./connections.js";

/** A server's certificate and private key, in PEM. */
export interface TlsIdentity {
  /** The certificate, followed by any intermediate certificates. */
  readonly cert: string;
  /** The certificate's private key. */
  readonly key: string;
}

/** A TLS server that gets its connections by {@link TlsServer.accept}. */
export interface TlsServer {
  /** Starts the handshake on a connection whose first bytes were read and put back. */
  accept(socket: Socket, connection: Connection): void;
  /** Uses another certificate for the handshakes that begin from now on. */
  renew(identity: TlsIdentity): void;
}

/** ALPN protocols in order of preference; a client that offers only others is refused (RFC 7301, 3.2). */
const PROTOCOLS = ["h2", "http/1.1"];

/** Older versions are deprecated as insecure (RFC 8996); no AWS SDK uses them. */
const MIN_VERSION = "TLSv1.2";

/** What tells a connection from all others that are open: Node doesn't say which socket a TLS socket is on. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** @param onSecure - called with every connection after its handshake */
export function createTlsServer(
  identity: TlsIdentity,
  limits: ServerLimits,
  logger: Logger,
  onSecure: (secure: TLSSocket, connection: Connection) => void,
): TlsServer {
  const server = createServer({
    ...identity,
    minVersion: MIN_VERSION,
    ALPNProtocols: PROTOCOLS,
    handshakeTimeout: limits.handshakeMs,
  });
  const accepted = new Map<string, Connection>();
  server.on("secureConnection", (secure) => {
    // 'close' follows each error and is handled
    secure.on("error", () => undefined);
    const connection = accepted.get(peerOf(secure));
    // a client that has gone since has no address any more
    if (connection) onSecure(secure, connection);
    else secure.destroy();
  });
  // for example a client that doesn't trust the certificate: the client reports it to its user, so the log has it at debug level
  server.on("tlsClientError", (error: NodeJS.ErrnoException, secure) => {
    logger.debug({ reason: error.code ?? error.message }, "a TLS handshake failed");
    secure.destroy();
  });
  return {
    accept(socket, connection) {
      // a client that ends the connection during the handshake has gone
      socket.allowHalfOpen = false;
      socket.on("error", () => undefined);
      const peer = peerOf(socket);
      accepted.set(peer, connection);
      socket.once("close", () => accepted.delete(peer));
      server.emit("connection", socket);
    },
    renew: (renewed) => server.setSecureContext({ ...renewed, minVersion: MIN_VERSION }),
  };
}
