import type { Act } from "../acts.js";
import { playAct } from "./act.js";
import type { Ports } from "./request.js";

/** Plays the acts that wait for a server limit, which takes seconds, in parallel with the others. */
export class PatientActs {
  readonly #ports: Ports;
  readonly #running = new Set<Promise<void>>();
  #failure: Error | undefined;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The number of running acts. */
  get count(): number {
    return this.#running.size;
  }

  start(act: Act): void {
    const running = playAct(this.#ports, act)
      .then(
        () => undefined,
        (cause: unknown) => {
          this.#failure ??= new Error(`${String(cause)} The act: ${JSON.stringify(act)}`, { cause });
        },
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** @throws {Error} the failure of one of them, once: shrinking must search only the scenario that found it. */
  expectNoFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }
}

/** Whether an act ends only when the server closes the connection. */
export function isPatient(act: Act): boolean {
  return act.type === "raw" && (act.leave.type === "hold" || act.neverReads === true);
}
