/** Child processes of a benchmark, which answer its messages. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Starts a program in this folder. */
export const start = (name, ...args) => startProcess(new URL(name, import.meta.url), ...args);

/** Starts a program. @param url - of its file */
export async function startProcess(url, ...args) {
  const child = fork(fileURLToPath(url), args, { execArgv: ["--expose-gc"] });
  const [first] = await once(child, "message");
  return {
    port: first.port,
    pid: child.pid,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    /** @throws if the process ends instead: a benchmark must not wait for ever */
    async ask(question = {}) {
      child.send(question);
      const over = new AbortController();
      const { signal } = over;
      const ended = once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`${url} ended with ${code}.`);
      });
      try {
        const [reply] = await Promise.race([once(child, "message", { signal }), ended]);
        return reply;
      } finally {
        over.abort();
      }
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

/**
 * For a server: reports its port and, on request, its CPU time in µs and its memory in bytes after a garbage collection.
 *
 * @param more - answers questions of its own; undefined for others
 */
export function answer(port, more = () => undefined) {
  process.on("message", async ({ collect = false, ...question }) => {
    const own = await more(question);
    if (own !== undefined) {
      process.send(own);
      return;
    }
    for (let i = 0; collect && i < 3; i += 1) {
      globalThis.gc();
      await turn();
    }
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ cpu: user + system, rss, heap: heapUsed + external });
  });
  process.on("disconnect", () => process.exit());
  process.send({ port });
}
