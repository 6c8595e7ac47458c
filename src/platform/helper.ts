import { type ChildProcess, fork } from "node:child_process";

import { until } from "./until.js";

export interface HelperOptions {
  /** Path of the module that the process runs; it calls {@link answerJobs}. Asked for at each start. */
  readonly file: () => string;
  /** Flags for Node, such as a limit of the heap. @default none */
  readonly execArgv?: readonly string[];
  /**
   * Variables that the process gets, beside what Windows needs. It never has this one's environment, so that a file from elsewhere that takes
   * it over finds no credentials. @default none
   */
  readonly env?: () => NodeJS.ProcessEnv;
  /** Milliseconds that a job may take, the start of the process included. */
  readonly deadlineMs: number;
  /** Milliseconds without a job after which the process ends. */
  readonly idleMs: number;
}

/** Other jobs were ahead for too long. */
export class HelperBusyError extends Error {
  override readonly name = "HelperBusyError";
  constructor() {
    super("Other work was ahead for too long.");
  }
}

const ENDS = {
  /** The job took longer than it may. */
  late: "It takes longer than it may.",
  /** The job crashed the process, or exceeded the memory that it may take. */
  failed: "The process that worked on it failed.",
  /** The job isn't to blame: somebody, or the system, ended the process, or it couldn't be started. */
  killed: "The process that worked on it was ended.",
};

/** A helper's process ended, or had to be ended, before it answered. The next job gets another process. */
export class HelperEndedError extends Error {
  override readonly name = "HelperEndedError";
  /** @param why - `late`: the job took longer than it may; `failed`: it crashed or ran out of memory; `killed`: the job isn't to blame */
  constructor(
    readonly why: keyof typeof ENDS,
    options?: ErrorOptions,
  ) {
    super(ENDS[why], options);
  }
}

/** Signals that come from outside. A process that crashes ends with others, and on Windows with none. */
const FROM_OUTSIDE: ReadonlySet<NodeJS.Signals> = new Set(["SIGKILL", "SIGTERM", "SIGHUP"]);

/** Until when, and for whom, a job waits. */
export interface AskOptions {
  /** When the wait for its turn ends at the latest, in ms since 1970. @default no limit */
  readonly turnBy?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A process for work that could hold up or end this one: it's started by the first job, kept warm, ended at a job's deadline, and
 * started again by the next. It does one job at a time, first come, first served, and doesn't keep this process alive while idle.
 */
export class Helper<Job extends object, Answer> {
  readonly #options: HelperOptions;
  #child: ChildProcess | undefined;
  #last: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HelperOptions) {
    this.#options = options;
  }

  /** The id of the process, if there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Has a job done.
   *
   * @throws {HelperBusyError} its turn doesn't come in time
   * @throws {HelperEndedError} it takes too long, or the process ended
   * @throws `signal.reason` once aborted; the process is ended if it works on the job
   */
  async ask(job: Job, { turnBy = Infinity, signal }: AskOptions = {}): Promise<Answer> {
    const before = this.#last;
    let done: () => void = () => undefined;
    const own = new Promise<void>((resolve) => (done = resolve));
    // who leaves early passes on the turn of those before
    this.#last = before.then(() => own);
    try {
      await until(before, turnBy, signal, () => new HelperBusyError());
      signal?.throwIfAborted();
      if (this.#closed) throw new HelperEndedError("killed");
      return await this.#run(job, signal);
    } finally {
      done();
    }
  }

  /** Ends the process, for good. Resolves once it's gone. A job that runs or waits fails. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
      setRef(child, true);
      this.#end(child);
    });
  }

  #run(job: Job, signal: AbortSignal | undefined): Promise<Answer> {
    clearTimeout(this.#idle);
    const child = (this.#child ??= this.#start());
    setRef(child, true);
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        child.off("message", onMessage).off("exit", onExit).off("error", onError);
      };
      const giveUp = (error: Error) => {
        settle();
        this.#end(child);
        reject(error);
      };
      const onMessage = (answer: unknown) => {
        settle();
        this.#rest(child);
        resolve(answer as Answer);
      };
      const onExit = (_code: number | null, by: NodeJS.Signals | null) =>
        giveUp(new HelperEndedError(by !== null && FROM_OUTSIDE.has(by) ? "killed" : "failed"));
      // it couldn't be started, or ended before it was sent the job
      const onError = (cause: Error) => giveUp(new HelperEndedError("killed", { cause }));
      const onAbort = () => giveUp(signal?.reason as Error);
      const timer = setTimeout(() => giveUp(new HelperEndedError("late")), this.#options.deadlineMs);
      signal?.addEventListener("abort", onAbort);
      child.once("message", onMessage).once("exit", onExit).once("error", onError);
      child.send(job);
    });
  }

  #start(): ChildProcess {
    const { file, execArgv = [], env } = this.#options;
    const child = fork(file(), {
      execArgv: [...execArgv],
      env: { ...leastEnvironment(), ...env?.() },
      // binary data and long texts without JSON
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const forget = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on("error", forget);
    child.on("exit", forget);
    return child;
  }

  /** The process waits for its next job. */
  #rest(child: ChildProcess): void {
    setRef(child, false);
    this.#idle = setTimeout(() => this.#end(child), this.#options.idleMs).unref();
  }

  /** The process has nothing to save. */
  #end(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
    child.kill("SIGKILL");
  }
}

function leastEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return SystemRoot === undefined ? {} : { SystemRoot };
}

function setRef(child: ChildProcess, alive: boolean): void {
  for (const handle of [child, child.channel]) {
    if (alive) handle?.ref();
    else handle?.unref();
  }
}
