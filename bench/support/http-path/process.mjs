/** Processes that work for a bench, and answer what it asks. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Starts one of the programs beside this one. */
export async function start(name, ...args) {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), args, { execArgv: ["--expose-gc"] });
  const [first] = await once(child, "message");
  return {
    port: first.port,
    async ask(question = {}) {
      child.send(question);
      const [reply] = await once(child, "message");
      return reply;
    },
    stop: () => child.kill(),
  };
}

/** In a server: tells its port, and then, asked, what it has used: processor time in µs, memory in bytes after a collection. */
export function answer(port) {
  process.on("message", async ({ collect = false }) => {
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
