import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Logger } from "pino";

import type { ServerLimits } from "../limits.js";
import type { Connections } from "./connections.js";
import type { Http1Server } from "./http1.js";
import type { Http2Server } from "./http2.js";
import { sniffProtocol } from "./protocol-sniffer.js";
import { createTlsServer, type TlsIdentity } from "./tls-server.js";

/** Where connections can go on to. */
export interface DispatchOptions {
  readonly http1: Http1Server;
  readonly http2: Http2Server;
  /** Undefined where TLS is off. */
  readonly tls: TlsIdentity | undefined;
  readonly connections: Connections;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}

/** Leads each new connection to the server of its protocol: TLS first, if it begins with that, then HTTP/2 or HTTP/1.1. */
export function createDispatch(options: DispatchOptions): (socket: Socket) => void {
  const { http1, http2, tls, connections, limits, logger } = options;

  const acceptHttp2 = (socket: Socket) => {
    connections.handOver(socket);
    http2.accept(socket);
  };
  /** What shows no protocol by ALPN is looked at like an open connection; TLS within TLS is HTTP/1.1's garbage. */
  const onSecure = (secure: TLSSocket) => {
    connections.addSecure(secure);
    if (secure.alpnProtocol === "h2") acceptHttp2(secure);
    else if (secure.alpnProtocol === "http/1.1") http1.accept(secure);
    else {
      sniffProtocol(secure, limits.prefaceMs, (protocol) => {
        if (protocol === "HTTP/2") {
          // Node refuses HTTP/2 to a TLS connection that didn't choose it; this one did, by its preface
          secure.alpnProtocol = "h2";
          acceptHttp2(secure);
        } else http1.accept(secure);
      });
    }
  };
  const tlsServer = tls && createTlsServer(tls, limits, logger, onSecure);
  const refuseTls = tlsRefusal(logger);

  return (socket) => {
    connections.add(socket);
    sniffProtocol(socket, limits.prefaceMs, (protocol) => {
      if (protocol === "HTTP/2") acceptHttp2(socket);
      else if (protocol === "HTTP/1.1") http1.accept(socket);
      else if (tlsServer) {
        connections.handOver(socket);
        tlsServer.accept(socket);
      } else refuseTls(socket);
    });
  };
}

/** Ends connections that want TLS where there is none. Whoever runs the server is told why once: the client can't be. */
function tlsRefusal(logger: Logger): (socket: Socket) => void {
  let told = false;
  return (socket) => {
    logger[told ? "debug" : "warn"](
      "a client wants TLS (https://), which is off here: use http://, or start the server with a certificate",
    );
    told = true;
    // an error here is followed by 'close', and nobody waits for that
    socket.on("error", () => undefined);
    socket.resume();
    socket.destroySoon();
  };
}
