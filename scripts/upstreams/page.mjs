// The tables of docs/upstreams.md that come from `npm run conformance:upstreams`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { replaceBlock } from "../generated-block.mjs";

const COMMAND = "npm run conformance:upstreams";

/** The order of the columns. */
const ORDER = ["llama-server", "vllm", "vllm-router", "ray", "ollama"];

/** The page with its tables made anew. @param folder the results, a file for each server and table */
export function renderUpstreams(page, folder) {
  const servers = ORDER.map((name) => resultsOf(folder, name)).filter((each) => each !== undefined);
  const ran = servers.filter(({ why }) => why === undefined);
  const blocks = {
    "real servers": [
      tableOf(ran, "operations", "what is checked"),
      ...servers.filter(({ why }) => why !== undefined).map(({ title, why }) => `${title}: not run. ${why}`),
    ].join("\n\n"),
    "faults of servers": faultTable(ran),
  };
  return Object.entries(blocks).reduce(
    (text, [name, content]) => replaceBlock(text, name, content, COMMAND),
    page,
  );
}

/** What was found of a server: its title, and for each table the results by row. */
function resultsOf(folder, name) {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && file.endsWith(".json"));
  if (files.length === 0) return undefined;
  const found = {};
  for (const file of files) {
    for (const [table, rows] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8"))))
      found[table] = typeof rows === "string" ? rows : { ...found[table], ...rows };
  }
  return found;
}

function tableOf(servers, table, head) {
  const rows = [...new Set(servers.flatMap((server) => Object.keys(server[table] ?? {})))];
  return markdown(
    [head, ...servers.map(({ title }) => title)],
    rows.map((row) => [row, ...servers.map((server) => server[table]?.[row] ?? "not run")]),
  );
}

/** A row for each fault: what callers get, and with which servers it was so. */
function faultTable(servers) {
  const operations = ["InvokeModel", "InvokeModelWithResponseStream"];
  const rows = [...new Set(servers.flatMap((server) => Object.keys(server.InvokeModel ?? {})))];
  return markdown(
    ["what the server does", ...operations, "seen with"],
    rows.map((row) => [
      row,
      ...operations.map((operation) => {
        const found = servers
          .map((server) => server[operation]?.[row])
          .filter((each) => each !== undefined && each !== "no");
        return [...new Set(found)].join(" / ");
      }),
      servers
        .filter((server) => operations.every((operation) => (server[operation]?.[row] ?? "no") !== "no"))
        .map(({ title }) => title)
        .join(", "),
    ]),
  );
}

function markdown(head, rows) {
  const lines = [head, head.map(() => "-"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
