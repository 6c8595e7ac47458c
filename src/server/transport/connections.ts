import type { Socket } from "node:net";

/** A listener's open connections. */
export class Connections {
  /** Every TCP connection. */
  readonly #open = new Set<Socket>();
  /** The sockets that can be ended directly: no TLS or HTTP/2 layer above them has bytes left to write. */
  readonly #endable = new Set<Socket>();

  /** Adds a new connection. */
  add(socket: Socket): void {
    keep(this.#open, socket);
    keep(this.#endable, socket);
  }

  /** Adds the TLS socket of a connection after its handshake. */
  addSecure(secure: Socket): void {
    keep(this.#endable, secure);
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
    for (const socket of this.#open) socket.destroy();
  }
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
}
