import type { ChildProcess } from "node:child_process";

import type { FromChild, ToChild } from "../protocol.js";
import { refChild, takeChild } from "./child-process.js";

/** What the engine process wrote to stderr last, kept for the message when it dies: native assertions end up there. */
const STDERR_TAIL_CHARS = 2_000;

/** One engine process (child.ts) and the messages to and from it. */
export class EngineProcess {
  readonly #child: ChildProcess;
  #stderr = "";
  #exited = false;
  #killed = false;

  /** Has a process at once. `onExit` is called once, after the last message, with a sentence for a person. */
  constructor(onMessage: (message: FromChild) => void, onExit: (reason: string) => void) {
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
      onExit(describeExit({ code, signal, error, stderr: this.#stderr }));
    };
    this.#child.on("error", (error) => {
      // also emitted for a message that couldn't be sent; `close` follows then
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

  /** Ends the process now: all it holds is in memory. Resolves once it's gone. */
  async kill(): Promise<void> {
    if (this.#exited) return;
    await new Promise<void>((resolve) => {
      this.#child.once("close", () => resolve());
      // an idle process is unreferenced, and who waits for its end mustn't end before it
      this.ref(true);
      this.#killed = true;
      this.#child.kill("SIGKILL");
    });
  }

  /** Whether the process keeps this one alive. A killed one does until it's gone, whatever its last messages said. */
  ref(alive: boolean): void {
    if (this.#killed) return;
    refChild(this.#child, alive);
  }
}

/** What is known of a process that ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it couldn't be started. */
  readonly error?: Error | undefined;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** How a native library says why it gives up: ggml's assertions, the C and C++ runtimes. */
const FATAL_LINE = /GGML_ASSERT|assert|terminate called|what\(\):|error|fatal/iu;

/** One or two sentences for a person. */
export function describeExit({ code, signal, error, stderr }: ProcessExit): string {
  const how = error ? error.message : signal ? `signal ${signal}` : `exit code ${code ?? "unknown"}`;
  const lines = stderr.trim().split("\n");
  // what follows an assertion is a list of addresses
  const last = lines.findLast((line) => FATAL_LINE.test(line)) ?? lines.at(-1);
  if (last) return `The engine process ended (${how}): ${last.trim()}`;
  if (signal !== "SIGKILL") return `The engine process ended (${how}).`;
  return `The engine process ended (${how}). Perhaps the operating system ended it because memory ran out: a smaller model, context or number of sequences takes less.`;
}
