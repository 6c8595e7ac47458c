import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { Logger } from "pino";

import { errorCode } from "../../platform/index.js";
import { ListenError, PortInUseError } from "../errors.js";
import type { ServerLimits } from "../limits.js";
import { Connections } from "./connections.js";
import { createDispatch } from "./dispatch.js";
import type { Exchange } from "./exchange.js";
import { createHttp1Server } from "./http1.js";
import { createHttp2Server } from "./http2.js";
import type { TlsIdentity } from "./tls-server.js";
import { Turns } from "./turns.js";

/** One port that serves HTTP/1.1, HTTP/2 and, with a certificate, both over TLS. */
export interface Listener {
  readonly port: number;
  /** Changes the limits for connections and requests that come from now on, {@link FIXED_LIMITS} apart. */
  limit(limits: ServerLimits): void;
  /** Uses another certificate for the connections that come from now on. Does nothing if TLS is off. */
  renew(identity: TlsIdentity): void;
  /** Stops accepting connections, and ends those without a request. */
  stop(): void;
  /** Ends all connections once their written bytes are sent, after `flushMs` at the latest; resolves when they are closed. */
  close(flushMs: number): Promise<void>;
  /** Closes every connection immediately. */
  destroy(): void;
}

/** Options of {@link listen}. */
export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Undefined if TLS is off. */
  readonly tls: TlsIdentity | undefined;
  readonly limits: ServerLimits;
  readonly logger: Logger;
}

/**
 * Opens the port.
 *
 * @param onExchange - called for every request
 * @throws {PortInUseError} another process listens on the port.
 * @throws {ListenError} the port can't be opened for another reason.
 */
export async function listen(
  { host, port, tls, limits, logger }: ListenOptions,
  onExchange: (exchange: Exchange) => void,
): Promise<Listener> {
  const turns = new Turns(onExchange);
  const take = (exchange: Exchange) => {
    exchange.connection.touch();
    turns.add(exchange);
  };
  let now = limits;
  const http1 = createHttp1Server(limits, take);
  const http2 = createHttp2Server(limits, take);
  const connections = new Connections(limits.connections);
  const { server } = http1;
  const dispatch = createDispatch({ http1, http2, tls, connections, limits: () => now, logger });
  server.on("connection", (socket: Socket) => dispatch.accept(socket));
  await startListening(server, host, port);
  const closed = new Promise((resolve) => server.once("close", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    limit(changed) {
      now = changed;
      http1.limit(changed);
      http2.limit(changed);
      connections.limit(changed.connections);
    },
    renew: (identity) => dispatch.renew(identity),
    stop() {
      http1.stop();
      http2.close();
    },
    async close(flushMs) {
      connections.end();
      const timer = setTimeout(() => connections.destroy(), flushMs);
      await closed;
      clearTimeout(timer);
      // already closed, but only http.Server's own close() stops its connection checks
      server.close();
    },
    destroy: () => connections.destroy(),
  };
}

function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(host, port, error)));
    server.listen({ host, port }, resolve);
  });
}

const RESERVED = "this port is reserved for administrators. Choose one above 1023";
const UNRESOLVED =
  "the name can't be resolved. Write an address, such as 127.0.0.1 for programs on this machine or 0.0.0.0 for all";

/** What is wrong by the system's code for it. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: RESERVED,
  EPERM: RESERVED,
  EADDRNOTAVAIL:
    "this machine doesn't have that address. Use 127.0.0.1 for programs on this machine, or 0.0.0.0 for all its addresses",
  EAFNOSUPPORT: "this machine has no IPv6. Use an address of IPv4, such as 127.0.0.1",
  EINVAL: "an address that begins with fe80 needs its network interface, as in fe80::1%eth0",
  ENOTFOUND: UNRESOLVED,
  EAI_AGAIN: UNRESOLVED,
};

function listenError(host: string, port: number, error: Error): Error {
  const code = errorCode(error);
  if (code === "EADDRINUSE") return new PortInUseError(host, port, { cause: error });
  const problem = PROBLEMS[code];
  return problem === undefined ? error : new ListenError(host, port, problem, { cause: error });
}
