import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Logger } from "pino";

import type { ServerLimits } from "../limits.js";
import type { Connection, Connections } from "./connections.js";
import type { Http1Server } from "./http1.js";
import type { Http2Server } from "./http2.js";
import { sniffProtocol } from "./protocol-sniffer.js";
import { createTlsServer, type TlsIdentity } from "./tls-server.js";

/** The servers that a connection can be passed to. */
export interface DispatchOptions {
  readonly http1: Http1Server;
  readonly http2: Http2Server;
  /** Undefined if TLS is off. */
  readonly tls: TlsIdentity | undefined;
  readonly connections: Connections;
  /** Those of now: they may change. */
  readonly limits: () => ServerLimits;
  readonly logger: Logger;
}

/** What gets all connections of a port. */
export interface Dispatch {
  /** Passes a new connection to the server for its protocol: TLS first, if it starts with a handshake, then HTTP/2 or HTTP/1.1. */
  accept(socket: Socket): void;
  /** Uses another certificate for new connections. Does nothing if TLS is off. */
  renew(identity: TlsIdentity): void;
}

export function createDispatch(options: DispatchOptions): Dispatch {
  const { http1, http2, tls, connections, limits, logger } = options;

  const acceptHttp2 = (socket: Socket, connection: Connection) => {
    connections.handOver(socket);
    http2.accept(socket, connection);
  };
  /** Without ALPN the protocol is sniffed, as on a plain connection; TLS within TLS goes to the HTTP/1.1 parser, which rejects it. */
  const onSecure = (secure: TLSSocket, connection: Connection) => {
    connections.addSecure(secure);
    if (secure.alpnProtocol === "h2") acceptHttp2(secure, connection);
    else if (secure.alpnProtocol === "http/1.1") http1.accept(secure, connection);
    else {
      sniffProtocol(secure, limits().prefaceMs, (protocol) => {
        if (protocol === "HTTP/2") {
          // Node refuses HTTP/2 on a TLS connection that didn't negotiate it; this client chose it by its preface
          secure.alpnProtocol = "h2";
          acceptHttp2(secure, connection);
        } else http1.accept(secure, connection);
      });
    }
  };
  const tlsServer = tls && createTlsServer(tls, limits(), logger, onSecure);
  const refuseTls = tlsRefusal(logger);

  return {
    accept(socket) {
      const connection = connections.add(socket);
      if (!connection) return;
      sniffProtocol(socket, limits().prefaceMs, (protocol) => {
        if (protocol === "HTTP/2") acceptHttp2(socket, connection);
        else if (protocol === "HTTP/1.1") http1.accept(socket, connection);
        else if (tlsServer) {
          connections.handOver(socket);
          tlsServer.accept(socket, connection);
        } else refuseTls(socket);
      });
    },
    renew: (identity) => tlsServer?.renew(identity),
  };
}

/** Closes TLS connections when TLS is off. The client can't be told why, so the log has the reason: as a warning the first time. */
function tlsRefusal(logger: Logger): (socket: Socket) => void {
  let warned = false;
  return (socket) => {
    logger[warned ? "debug" : "warn"](
      "a client tried TLS (https://), which is off: use http://, or start the server with a certificate",
    );
    warned = true;
    // without a listener an error would end the process
    socket.on("error", () => undefined);
    socket.resume();
    socket.destroySoon();
  };
}
