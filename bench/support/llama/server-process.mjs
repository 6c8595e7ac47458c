/** A server in a process of its own. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Time for loading a model of some gigabytes. */
const READY_MS = 120_000;

/** A port of this machine that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until a server's `/health` says that it is ready; throws, and kills it, if it ends before or takes too long. */
export async function untilReady(url, server) {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    const response = await fetch(`${url}/health`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    if (server.exitCode !== null || server.signalCode !== null || performance.now() > deadline) {
      server.kill("SIGKILL");
      throw new Error(`${server.spawnargs.join(" ")} isn't ready.`);
    }
    await sleep(100);
  }
}

/** Ends a server; resolves once it's gone. */
export async function stopServer(server) {
  server.kill("SIGTERM");
  if (server.exitCode === null && server.signalCode === null) await once(server, "close");
}
