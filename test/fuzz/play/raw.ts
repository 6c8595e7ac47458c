import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import type { RawAct } from "../acts.js";
import { PATIENCE_MS } from "../limits.js";

/** The result of a raw connection. */
export interface RawOutcome {
  /** One character for each byte. */
  readonly received: string;
  /** Whether the server closed its side, or reset. */
  readonly closedByServer: boolean;
  /** Whether the client disconnected before it could have received everything. */
  readonly leftEarly: boolean;
}

/**
 * Plays an act on a new connection.
 *
 * @param isAnswered - whether the bytes received so far have all responses
 * @throws {Error} the server neither answered nor closed in time.
 */
export async function playRaw(
  port: number,
  { steps, leave, neverReads = false }: RawAct,
  isAnswered: (received: string) => boolean,
): Promise<RawOutcome> {
  const connection = new Connection(port);
  if (neverReads) connection.socket.pause();
  try {
    for (const step of steps) {
      if (connection.closed) break;
      if (step.type === "pause") await sleep(step.ms);
      else await connection.write(step.text);
    }
    if (leave.type === "destroy") await sleep(leave.afterMs);
    else if (leave.type === "answered") await connection.until(() => isAnswered(connection.received));
    else {
      if (leave.type === "end") connection.socket.end();
      await connection.until(() => false);
    }
    const { received, closed } = connection;
    return { received, closedByServer: closed, leftEarly: leave.type === "destroy" && !closed };
  } finally {
    connection.socket.destroy();
  }
}

class Connection {
  readonly socket: Socket;
  #received: Buffer[] = [];
  #closed = false;
  #changed: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    // 'close' follows a reset
    this.socket.on("error", () => undefined);
    this.socket.on("data", (data) => {
      this.#received.push(data);
      this.#changed();
    });
    const onClosed = () => {
      this.#closed = true;
      this.#changed();
    };
    this.socket.on("end", onClosed).on("close", onClosed);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get received(): string {
    return Buffer.concat(this.#received).toString("latin1");
  }

  /** Resolves once the kernel has the bytes, or the socket is closed. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once("close", () => resolve());
      this.socket.write(Buffer.from(text, "latin1"), () => resolve());
    });
  }

  /** Resolves when the condition holds, or the server has closed. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#changed = () => undefined;
        reject(
          new Error(
            `After ${PATIENCE_MS} ms the connection was still open. Received: ${this.received.slice(0, 1_000)}`,
          ),
        );
      }, PATIENCE_MS);
      this.#changed = () => {
        if (!this.#closed && !holds()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#changed();
    });
  }
}
