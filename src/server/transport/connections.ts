import type { Socket } from "node:net";

/** The connections of a listener, to end them with. */
export class Connections {
  /** All, as they came. */
  readonly #open = new Set<Socket>();
  /** Those that may be ended from outside: nothing above them has bytes of its own still to write. */
  readonly #endable = new Set<Socket>();

  /** Notes a connection as it comes. */
  add(socket: Socket): void {
    keep(this.#open, socket);
    keep(this.#endable, socket);
  }

  /** Notes what has become of a connection by its TLS handshake. */
  addSecure(secure: Socket): void {
    keep(this.#endable, secure);
  }

  /** TLS or an HTTP/2 session sees to a connection's end from now on: ended below it, its last bytes would be lost. */
  handOver(socket: Socket): void {
    this.#endable.delete(socket);
  }

  /** Ends each that wasn't handed over, once what was written has left. */
  end(): void {
    for (const socket of this.#endable) socket.destroySoon();
  }

  /** Ends all at once. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
}
