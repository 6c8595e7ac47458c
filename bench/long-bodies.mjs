/**
 * Measures how long bodies of 24 MB block the server, and with it every stream.
 *
 *     npm run build && node bench/long-bodies.mjs [dist/index.js of another build]
 *
 * Each kind of body is sent twice to a server in a process of its own, whose engine does nothing with a prompt. The figure is the
 * longest time for which that process's event loop was blocked, the smaller of the two (`monitorEventLoopDelay`).
 */
import { fork } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

import { bodies } from "./support/long-bodies/bodies.mjs";

const ROUNDS = 2;

const build = process.argv[2];
const dist = build === undefined ? new URL("../dist/index.js", import.meta.url) : pathToFileURL(build);
const server = fork(fileURLToPath(new URL("support/long-bodies/server.mjs", import.meta.url)), [dist.href]);
const next = () => new Promise((resolve) => server.once("message", resolve));
const ask = (what) => {
  const answer = next();
  server.send(what);
  return answer;
};
const urls = await next();

process.stdout.write("| body | longest block, ms | answer | after, ms |\n| --- | --- | --- | --- |\n");
for (const [name, { to, path, body }] of Object.entries(bodies)) {
  let best = { longestMs: Infinity };
  const bytes = Buffer.from(body());
  for (let round = 0; round < ROUNDS; round += 1) {
    await ask("reset");
    const startedAt = performance.now();
    const response = await fetch(`${urls[to]}/model/meta.llama3-1-8b-instruct-v1:0/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: bytes,
    });
    await response.arrayBuffer();
    const ms = performance.now() - startedAt;
    const { longestMs } = await ask("tell");
    if (longestMs < best.longestMs) best = { longestMs, status: response.status, ms };
  }
  process.stdout.write(
    `| ${name} | ${best.longestMs.toFixed(0)} | ${best.status} | ${best.ms.toFixed(0)} |\n`,
  );
}
server.kill();
