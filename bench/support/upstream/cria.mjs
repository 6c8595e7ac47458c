/**
 * Cria in front of another server, in a process of its own. Argument: the server's URL. Besides what every server reports it answers `profile`, with
 * the share of processor time by where it went; the profile itself goes to the file in `PROFILE_FILE`.
 */
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";

import { serve } from "../../../dist/index.js";
import { answer } from "../http-path/process.mjs";
import { MODEL, random } from "../http-path/work.mjs";

const [url] = process.argv.slice(2);

const server = await serve({
  upstreams: { [MODEL]: { url, streams: 8192 } },
  padding: random,
  limits: { connections: 8192, requests: 8192 },
});
await server.ready();

const session = new Session();
session.connect();

answer(server.port, async ({ profile }) => {
  if (profile === "start") {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 500 });
    await session.post("Profiler.start");
    return {};
  }
  if (profile !== "stop") return undefined;
  const { profile: taken } = await session.post("Profiler.stop");
  if (process.env.PROFILE_FILE) await writeFile(process.env.PROFILE_FILE, JSON.stringify(taken));
  return { shares: sharesOf(taken) };
});

/** The share of the samples, idle ones aside, by package or part of Node. */
function sharesOf({ nodes, samples }) {
  const places = new Map(nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const counts = new Map();
  for (const id of samples) {
    const place = places.get(id);
    if (place !== "idle") counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Object.fromEntries([...counts].map(([place, count]) => [place, count / all]));
}

function placeOf({ functionName, url: file }) {
  if (functionName === "(idle)") return "idle";
  if (functionName === "(garbage collector)") return "garbage collector";
  if (file === "")
    return functionName === "(program)" ? "the kernel and native code" : "JSON, Buffer and other built-ins";
  const module = /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(file);
  if (module) return module[1];
  if (file.startsWith("node:"))
    return /http2/u.test(file)
      ? "node:http2"
      : /http/u.test(file)
        ? "node:http"
        : "Node: streams, sockets, timers";
  return "Cria";
}
