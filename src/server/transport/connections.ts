import type { Socket } from "node:net";

import { addressBound, isBounded } from "../shared-bound.js";

/** A connection, as far as the bounds are concerned. */
export interface Connection {
  /** The client's IP address; "" if it isn't known. */
  readonly address: string;
  /** What {@link isBounded} says of it. */
  readonly isBounded: boolean;
  /** Whether a request of it was accepted: its caller has proved a key, where keys are asked for. */
  readonly proved: boolean;
  /** Notes that a request of it was accepted. */
  prove(): void;
  /** Notes that a request has come on it. */
  touch(): void;
  /** Notes that the server works on a request of it, which has come as a whole. @returns a function to call once, at the end of the work */
  work(): () => void;
}

/** A {@link Connection} with what its owner knows. */
interface OpenConnection extends Connection {
  readonly socket: Socket;
}

/**
 * A listener's open connections, and their bound. All but those that the server works for wait for their client: in a handshake, in a request that
 * hasn't come as a whole, in an answer that isn't read, or idle. When the bound is reached and another connection comes, the one that
 * has waited longest goes, and of those that never had a request accepted first.
 */
export class Connections {
  #max: number;
  /** By their TCP sockets. */
  readonly #open = new Map<Socket, OpenConnection>();
  /** Those that wait for their client, the longest first: without an accepted request, and with one. */
  readonly #waiting = [new Set<OpenConnection>(), new Set<OpenConnection>()] as const;
  readonly #byAddress = new Map<string, number>();
  /** The sockets that can be ended directly: no TLS or HTTP/2 layer above them has bytes left to write. */
  readonly #endable = new Set<Socket>();

  /** @param max - concurrent connections */
  constructor(max: number) {
    this.#max = max;
  }

  /** Changes the bound. Connections over it stay until others come. */
  limit(max: number): void {
    this.#max = max;
  }

  /** Adds a new connection. @returns undefined if there is no room for it; it is closed then */
  add(socket: Socket): Connection | undefined {
    const address = socket.remoteAddress ?? "";
    if (!this.#makeRoom(address)) {
      socket.destroy();
      return undefined;
    }
    const connection = this.#connection(socket, address);
    this.#open.set(socket, connection);
    this.#waiting[0].add(connection);
    this.#count(address, 1);
    this.#endable.add(socket);
    socket.once("close", () => this.#remove(connection));
    return connection;
  }

  /** Adds the TLS socket of a connection after its handshake. */
  addSecure(secure: Socket): void {
    this.#endable.add(secure);
    secure.once("close", () => this.#endable.delete(secure));
  }

  /** Leaves ending the socket to the TLS or HTTP/2 layer above it; ending it below that layer would lose the last bytes. */
  handOver(socket: Socket): void {
    this.#endable.delete(socket);
  }

  /** Ends each socket that wasn't handed over, once its written bytes are sent. */
  end(): void {
    for (const socket of this.#endable) socket.destroySoon();
  }

  /** Closes every connection immediately. */
  destroy(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #connection(socket: Socket, address: string): OpenConnection {
    let [proved, working] = [false, 0];
    const wait = () => {
      for (const waiting of this.#waiting) waiting.delete(connection);
      if (working === 0 && this.#open.has(socket)) this.#waiting[proved ? 1 : 0].add(connection);
    };
    const connection: OpenConnection = {
      socket,
      address,
      isBounded: isBounded(address),
      get proved() {
        return proved;
      },
      prove() {
        if (proved) return;
        proved = true;
        wait();
      },
      touch: wait,
      work() {
        working += 1;
        wait();
        return () => {
          working -= 1;
          wait();
        };
      },
    };
    return connection;
  }

  /** @returns whether there is room for one more connection of this address */
  #makeRoom(address: string): boolean {
    if (isBounded(address) && (this.#byAddress.get(address) ?? 0) >= addressBound(this.#max)) {
      return this.#closeOne((other) => other.address === address);
    }
    // after the bound was lowered, more than one is over it
    while (this.#open.size >= this.#max) if (!this.#closeOne(() => true)) return false;
    return true;
  }

  /** Closes the one that has waited longest. @returns false if none waits */
  #closeOne(fits: (connection: OpenConnection) => boolean): boolean {
    for (const waiting of this.#waiting) {
      for (const connection of waiting) {
        if (!fits(connection)) continue;
        this.#remove(connection);
        connection.socket.destroy();
        return true;
      }
    }
    return false;
  }

  #remove(connection: OpenConnection): void {
    const { socket, address } = connection;
    this.#endable.delete(socket);
    if (!this.#open.delete(socket)) return;
    for (const waiting of this.#waiting) waiting.delete(connection);
    this.#count(address, -1);
  }

  #count(address: string, change: number): void {
    const count = (this.#byAddress.get(address) ?? 0) + change;
    if (count === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }
}
