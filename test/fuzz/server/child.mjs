// The fuzzed server, in a separate process: its memory can be measured, and a crash is visible from outside.
// Arguments: the folder with the compiled sources, and the server's limits as JSON. It communicates by messages.
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";

import { pino } from "pino";

const [folder, limits, sequences] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(`${folder}/${file}`).href);
const { createScriptedEngine, withAdmission } = await load("engine/index.js");
const { serve } = await load("server/index.js");
const { makeCertificate } = await load("server/reach/make-certificate.js");

/** Answers by the prompt: some longer than the unread bytes allowed, some that fail, some that are slow. */
function script({ prompt }) {
  if (prompt.includes("die")) return { tokens: ["a", "b", "c"], failAfter: prompt.length % 4 };
  if (prompt.includes("flood")) return { tokens: Array(512).fill("x".repeat(20_000)) };
  if (prompt.includes("slow")) return { tokens: Array(40).fill("o"), delayMs: 50 };
  return { tokens: ["Hel", "", "lo"], delayMs: prompt.length % 3 };
}

const scripted = createScriptedEngine({
  script,
  model: {
    sequences: Number(sequences),
    chatTemplate: "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
  },
});
// less time than a slow answer takes, so that a lost sequence shows as a refusal
const engine = withAdmission(scripted, { waitMs: 1_000 });

/** The number of responses, by operation and status. */
const counts = {};

const logger = pino(
  { level: "info", base: null },
  {
    write(text) {
      const line = JSON.parse(text);
      const key = `${line.operation ?? "none"} ${line.status ?? "none"}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (line.level >= 50) process.send({ type: "error", line });
    },
  },
);

const tls = await makeCertificate(["localhost"]);
const options = { engine, as: "meta.llama3-8b-instruct-v1:0", tls, logger, limits: JSON.parse(limits) };
const open = await serve(options);
const withKeys = await serve({ ...options, auth: "keys" });

process.on("message", async () => {
  // twice, with a turn of the event loop between: finalizers may release more memory
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, rss } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  process.send({ type: "state", heapUsed, rss, sockets, counts });
});
process.on("disconnect", () => process.exit());
process.send({ type: "listening", ports: { none: open.port, keys: withKeys.port } });
