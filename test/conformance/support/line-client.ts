import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import type { Answer, Call } from "./answer.js";

/** The number of characters of stderr kept, to explain why a client ended. */
const KEPT_STDERR = 4000;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * A running conformance client. It takes one JSON object per line on stdin, `{"id", "operation", "input", "stopAfter"}`, runs it with its
 * SDK, and answers with one line, `{"id", "events", "output", "error", "retries"}`; see `Call` and `Answer`.
 */
export class LineClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #stderr = "";

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    createInterface({ input: child.stdout }).on("line", (line) => this.#take(line));
    child.on("error", (error) => this.#fail(error.message));
    child.on("close", (code, signal) => this.#fail(`it ended with ${signal ?? String(code)}`));
    // reported by `close`
    child.stdin.on("error", () => undefined);
  }

  /** @throws {Error} the client ended, or wrote an invalid answer. */
  ask(call: Call): Promise<Answer> {
    if (!this.#child.stdin?.writable) throw new Error(`The client isn't running.\n${this.#stderr}`);
    const id = (this.#lastId += 1);
    this.#child.stdin.write(`${JSON.stringify({ id, ...call })}\n`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Ends the client by ending its stdin. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.stdin?.end();
    await closed;
  }

  #take(line: string): void {
    let answer: Answer & { readonly id: number };
    try {
      answer = JSON.parse(line) as Answer & { readonly id: number };
    } catch {
      this.#fail(`it wrote invalid JSON: ${line}`);
      return;
    }
    this.#waiting.get(answer.id)?.resolve(answer);
    this.#waiting.delete(answer.id);
  }

  #fail(why: string): void {
    const error = new Error(`The client gave no answer: ${why}.\n${this.#stderr}`);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
