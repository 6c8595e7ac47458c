import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** How much of a process's output is kept, to say why it ended, in characters. */
const KEPT = 4_000;

/** A process, with all that it starts. */
export interface Launched {
  /** Why it has ended, with its last words; undefined while it runs. */
  readonly ended: () => string | undefined;
  /** Sends a signal to the process and all that it started. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends them all. */
  readonly stop: () => Promise<void>;
}

/** Starts a program. */
export function launch(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Launched {
  const child: ChildProcess = spawn(command, args, {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let ended: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-KEPT)));
  }
  const closed = once(child, "close").then(
    ([code, signal]) => (ended = `${command} ended with ${String(signal ?? code)}:\n${output}`),
    (error: unknown) => (ended = `${command} can't be started: ${String(error)}`),
  );
  const signal = (name: NodeJS.Signals) => {
    for (const pid of child.pid === undefined ? [] : familyOf(child.pid)) {
      try {
        process.kill(pid, name);
      } catch {
        // it has ended
      }
    }
  };
  return {
    ended: () => ended,
    signal,
    stop: async () => {
      signal("SIGKILL");
      await closed;
    },
  };
}

/** A process and all that it started, by itself or by another: vLLM's have groups of their own. */
function familyOf(pid: number): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = lines.map((line) => line.trim().split(/\s+/u).map(Number));
  const family = [pid];
  for (const parent of family) {
    family.push(...pairs.flatMap(([child, of]) => (of === parent && child !== undefined ? [child] : [])));
  }
  return family;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
