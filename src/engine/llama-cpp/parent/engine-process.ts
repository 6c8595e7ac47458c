import type { ChildProcess } from "node:child_process";

import type { FromChild, ToChild } from "../protocol.js";
import { refChild, takeChild } from "./child-process.js";
import { describeExitCode, describeSignal, isCrash, mayBeMemory } from "./exit-codes.js";

/** The end of stderr, kept for the message when the process dies: native assertions are written there. */
const STDERR_TAIL_CHARS = 2_000;

/** The end of an engine process. */
export interface EndOfProcess {
  /** In full sentences for the user. */
  readonly reason: string;
  /** Whether native code crashed, which it would do again; otherwise the process was ended, by the system or by somebody. */
  readonly crashed: boolean;
}

/** One engine process (child.ts) and the messages to and from it. */
export class EngineProcess {
  readonly #child: ChildProcess;
  #stderr = "";
  #exited = false;
  #killed = false;

  /** Starts the process. `onExit` is called once, after the last message. */
  constructor(onMessage: (message: FromChild) => void, onExit: (end: EndOfProcess) => void) {
    this.#child = takeChild();
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARS);
    });
    this.#child.on("message", (message) => {
      onMessage(message as FromChild);
    });
    const exit = (code: number | null, signal: NodeJS.Signals | null, error?: Error) => {
      if (this.#exited) return;
      this.#exited = true;
      const reason = describeExit({ code, signal, error, stderr: this.#stderr });
      onExit({ reason, crashed: isCrash(code, signal, process.platform) });
    };
    this.#child.on("error", (error) => {
      // also emitted when a message can't be sent; then `close` follows
      if (this.#child.pid === undefined) exit(null, null, error);
    });
    this.#child.on("close", exit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Kills the process, which has nothing to save. Resolves once it's gone. */
  async kill(): Promise<void> {
    if (this.#exited) return;
    await new Promise<void>((resolve) => {
      this.#child.once("close", () => resolve());
      // an idle child is unreferenced, but this process must stay alive until the child has ended
      this.ref(true);
      this.#killed = true;
      this.#child.kill("SIGKILL");
    });
  }

  /** Sets whether the process keeps this one alive. No effect once killed: it then does so until it's gone. */
  ref(alive: boolean): void {
    if (this.#killed) return;
    refChild(this.#child, alive);
  }
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it couldn't be started. */
  readonly error?: Error | undefined;
  /** The end of its stderr. */
  readonly stderr: string;
}

/** Lines with which native code reports a fatal error: ggml's assertions, the C and C++ runtimes. */
const FATAL_LINE = /GGML_ASSERT|assert|terminate called|what\(\):|error|fatal/iu;

/**
 * Describes the end of a process in one or two sentences for the user.
 *
 * @param platform - @default process.platform
 */
export function describeExit(
  { code, signal, error, stderr }: ProcessExit,
  platform: NodeJS.Platform = process.platform,
): string {
  const how = error ? error.message : signal ? describeSignal(signal) : describeExitCode(code, platform);
  const lines = stderr.trim().split("\n");
  // an assertion is followed by a list of addresses
  const last = lines.findLast((line) => FATAL_LINE.test(line)) ?? lines.at(-1);
  if (last) return `The engine process ended (${how}): ${last.trim()}`;
  if (signal !== "SIGKILL" && !mayBeMemory(code, platform)) return `The engine process ended (${how}).`;
  return `The engine process ended (${how}). The operating system may have killed it because memory ran out. A smaller model, a smaller context or fewer sequences need less.`;
}
