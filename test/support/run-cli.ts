import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import spawn from "cross-spawn";

const BIN = fileURLToPath(new URL("../../dist/cria.js", import.meta.url));

/** A running process, with its output so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** The time of each part of stdout, in ms on one clock. */
  readonly times: readonly number[];
  /** Resolves once the output matches `pattern`; rejects if the process ends before. */
  until(stream: "stdout" | "stderr", pattern: RegExp): Promise<void>;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** The environment of a process without AWS settings, and without settings of the user who runs the tests. */
export function plainEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|NODE_OPTIONS|SHELL$|VITEST|CRIA_(?!HOME))/u.test(name),
  );
  return { ...Object.fromEntries(kept), ...more };
}

export interface CliOptions {
  /** The content of stdin. @default none */
  readonly input?: string;
  /** Added to the plain environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Starts a new process group, as a shell does: a terminal sends signals to the group. */
  readonly group?: boolean;
}

/** Starts the built `cria`. Its stdin is empty unless `input` is given. */
export function startCli(args: readonly string[], options: CliOptions = {}): Running {
  if (!existsSync(BIN)) throw new Error("There is no build to test. Run `npm run build`.");
  const running = start(process.execPath, [BIN, ...args], {
    env: plainEnv(options.env),
    detached: options.group ?? false,
  });
  running.child.stdin?.on("error", () => undefined);
  running.child.stdin?.end(options.input ?? "");
  return running;
}

/** Runs the built `cria` to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}) {
  const running = startCli(args, options);
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr, times: running.times };
}

/** Starts any program, batch files of Windows such as npm included. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("a program that is started with pipes has no pipes");
  const outputs = { stdout, stderr };
  const written = { stdout: "", stderr: "" };
  const times: number[] = [];
  for (const name of ["stdout", "stderr"] as const) {
    outputs[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      if (name === "stdout") times.push(performance.now());
    });
  }
  const ended = once(child, "close").then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  return {
    child,
    times,
    ended,
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    async until(stream, pattern) {
      const over = ended.then(() => true);
      while (!pattern.test(written[stream])) {
        const closed = await Promise.race([over, once(outputs[stream], "data").then(() => false)]);
        if (closed && !pattern.test(written[stream])) {
          throw new Error(
            `the process ended before it wrote ${String(pattern)}:\n${written.stdout}\n${written.stderr}`,
          );
        }
      }
    },
  };
}
