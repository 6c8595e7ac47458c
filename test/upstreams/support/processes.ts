import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** How much of a process's output is kept, to say why it ended, in characters. */
const KEPT = 4_000;

/** A process in a group of its own, with all that it starts. */
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
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // the group has ended
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

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
