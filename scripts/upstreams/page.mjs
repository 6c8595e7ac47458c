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
  const ran = servers.filter(({ operations }) => operations !== undefined);
  const blocks = {
    "real servers": [
      tableOf(ran, "operations", "what is checked"),
      ...servers
        .filter((server) => !ran.includes(server))
        .map(({ title, why }) => `${title}: not run. ${inOneLine(why)}`),
    ].join("\n\n"),
    "faults of servers": faultTable(ran),
  };
  return Object.entries(blocks).reduce(
    (text, [name, content]) => replaceBlock(text, name, content, COMMAND),
    page,
  );
}

/** The tables, and those of the page that the results of several stand in. */
const TABLES = ["operations", "InvokeModel", "InvokeModelWithResponseStream"];

/**
 * What isn't as the page promises: each server gives the same in each row, but for what it can't tell.
 *
 * @param folder the results
 * @param names the servers that were asked for
 * @returns sentences; none if all is well
 */
export function brokenPromises(folder, names) {
  const all = ORDER.map((name) => resultsOf(folder, name)).filter((each) => each !== undefined);
  return names.flatMap((name) => {
    const found = resultsOf(folder, name);
    if (found?.operations === undefined) return [`${name} wasn't run: ${found?.why ?? "it left no results"}`];
    return TABLES.flatMap((table) =>
      rowsOf(all, table)
        .filter((row) => (found[table]?.[row] ?? "no") === "no")
        .map((row) => `${name}, ${table}: ${row}: ${found[table]?.[row] ?? "not run"}`),
    );
  });
}

/** The last words of a program say why it ended; more of them don't belong on the page. */
const MAX_WORDS = 400;
const inOneLine = (text) => text.replaceAll(/\s+/gu, " ").slice(-MAX_WORDS);

const rowsOf = (servers, table) => [
  ...new Set(servers.flatMap((server) => Object.keys(server[table] ?? {}))),
];

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
  const rows = rowsOf(servers, table);
  return markdown(
    [head, ...servers.map(({ title }) => title)],
    rows.map((row) => [row, ...servers.map((server) => server[table]?.[row] ?? "not run")]),
  );
}

/** A row for each fault: what callers get, and with which servers it was so. */
function faultTable(servers) {
  const operations = ["InvokeModel", "InvokeModelWithResponseStream"];
  const rows = rowsOf(servers, "InvokeModel");
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
      seenWith(
        servers,
        servers.filter((server) =>
          operations.every((operation) => (server[operation]?.[row] ?? "no") !== "no"),
        ),
      ),
    ]),
  );
}

const seenWith = (all, some) =>
  some.length === all.length ? "each of them" : some.map(({ title }) => title).join(", ");

function markdown(head, rows) {
  const lines = [head, head.map(() => "-"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
