import { fork, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { plainEnv } from "../../support/run-cli.js";
import { transpileRooms } from "../../support/transpiled.js";
import { API_KEY, FUZZED_LIMITS, SEQUENCES } from "../limits.js";
import type { Ports } from "../play/request.js";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));

const ROOMS = [
  "bedrock",
  "engine",
  "event-stream",
  "fleet",
  "models",
  "platform",
  "prompt",
  "server",
  "sigv4",
  "store",
];

/** The state of the server's process, after garbage collection. */
export interface ServerState {
  readonly heapUsed: number;
  readonly rss: number;
  /** Open connections. */
  readonly sockets: number;
  /** The number of responses by `operation status`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A log line with an error. */
export interface ErrorLine {
  readonly requestId: string;
  /** The cause. */
  readonly err?: { readonly type: string };
}

type Message =
  | { readonly type: "listening"; readonly ports: Ports }
  | ({ readonly type: "state" } & ServerState)
  | { readonly type: "error"; readonly line: ErrorLine };

const NO_MISTAKES: ReadonlySet<string | undefined> = new Set(["EngineStoppedError", "EngineBusyError"]);

/** A server in a separate process, compiled from the current sources. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #errors = new Map<string, ErrorLine>();
  #stderr = "";
  #exited = false;
  #onReply: (message: Message) => void = () => undefined;
  #ended: (error: Error) => void = () => undefined;

  private constructor() {
    this.#folder = transpileRooms(...ROOMS);
    this.#child = fork(CHILD, [this.#folder, JSON.stringify(FUZZED_LIMITS), String(SEQUENCES)], {
      execArgv: ["--expose-gc"],
      // the only key
      env: plainEnv({ CRIA_HOME: join(this.#folder, "home"), CRIA_API_KEY: API_KEY }),
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    this.#child.on("message", (message: Message) => {
      if (message.type === "error") this.#errors.set(message.line.requestId, message.line);
      else this.#onReply(message);
    });
    this.#child.on("exit", () => {
      this.#exited = true;
      this.#ended(this.#death());
    });
  }

  /** @returns the process, and the addresses of its servers */
  static async start(): Promise<{ server: ServerProcess; ports: Ports }> {
    const server = new ServerProcess();
    const message = await server.#next();
    if (message.type !== "listening")
      throw new Error(`The process sent ${message.type} instead of listening.`);
    return { server, ports: message.ports };
  }

  /** The process's stderr: empty, unless something is wrong. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Whether the log has the cause of a request's failure. */
  hasCause(requestId: string): boolean {
    return this.#errors.get(requestId)?.err !== undefined;
  }

  /**
   * Errors in the log that are caused neither by the engine's script nor by too much work, which on a busy machine a few conversations are: each is a bug in
   * the server. Returned once.
   */
  takeMistakes(): readonly ErrorLine[] {
    const mistakes = [...this.#errors.values()].filter(({ err }) => !NO_MISTAKES.has(err?.type));
    this.#errors.clear();
    return mistakes;
  }

  /** Call it again only after the last call has resolved. @throws {Error} the process has ended. */
  async state(): Promise<ServerState> {
    if (this.#exited) throw this.#death();
    const next = this.#next();
    this.#child.send({});
    const message = await next;
    if (message.type !== "state") throw new Error(`The process sent: ${message.type}`);
    return message;
  }

  async close(): Promise<void> {
    if (!this.#exited) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #next(): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#onReply = resolve;
      this.#ended = reject;
    });
  }

  #death(): Error {
    const { exitCode, signalCode } = this.#child;
    return new Error(
      `The server's process ended: ${exitCode ?? signalCode ?? "?"}. It wrote: ${this.#stderr}`,
    );
  }
}
