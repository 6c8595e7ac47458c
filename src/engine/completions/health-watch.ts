import type { EngineHealth, Notify } from "../engine.js";
import { type Problem, problemOf } from "./problem.js";

/** How often a server is asked whether it can generate. */
const HEALTH_MS = 10_000;

/** How soon one that can't is asked again: whoever restarts it waits for it. */
const RETRY_MS = 1_000;

/** What {@link HealthWatch} needs. */
export interface HealthWatchOptions {
  /** Asks the server. @throws why it can't generate */
  readonly ask: () => Promise<unknown>;
  /** Called with a sentence for whoever runs Cria, when the server is gone or back. */
  readonly onNotice: Notify;
  /** The server's host, for the sentence that it is back. */
  readonly host: string;
  /** Why nothing is known before the first answer, for callers. */
  readonly unknown: string;
}

/** Knows whether a server can generate: asks it again and again, once at a time, and notes what others found out. */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  #problem: Problem | undefined;
  /** The detail of the problem that was told last. */
  #told: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | undefined;
  #closed = false;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
    this.#problem = { reason: options.unknown, detail: options.unknown };
    this.#told = options.unknown;
    this.#askLater();
  }

  get health(): EngineHealth {
    return this.#problem === undefined ? { ready: true } : { ready: false, reason: this.#problem.reason };
  }

  /** Asks the server now, unless it is being asked: it may be gone, and the next caller needn't find out by itself. */
  check(): void {
    if (this.#closed) return;
    this.#asking ??= this.#options
      .ask()
      .then(
        () => this.note(undefined),
        (error: unknown) => this.note(problemOf(error)),
      )
      .finally(() => {
        this.#asking = undefined;
        this.#askLater();
      });
  }

  /**
   * Notes why the server can't be used; undefined if it can.
   *
   * @param tell - false if somebody else tells it. If it is still so when the server is asked again, it is told
   */
  note(problem: Problem | undefined, tell = true): void {
    const before = this.#problem;
    if (this.#closed) return;
    this.#problem = problem;
    if ((problem === undefined) !== (before === undefined)) this.#askLater();
    if (!tell || problem?.detail === this.#told) return;
    this.#told = problem?.detail;
    const { onNotice, host } = this.#options;
    if (problem === undefined) onNotice(`${host} answers.`, "info");
    else onNotice(problem.detail, "warn");
  }

  /** @param reason - for whoever asks for the health from now on */
  close(reason: string): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#problem = { reason, detail: reason };
  }

  #askLater(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const ms = this.#problem === undefined ? HEALTH_MS : RETRY_MS;
    this.#timer = setTimeout(() => this.check(), ms).unref();
  }
}
