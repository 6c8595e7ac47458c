// npm run clients: runs the frameworks and other clients of test/clients against Cria and writes docs/clients.md. With names as arguments, it runs
// only these and writes no page.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { clients } from "../test/clients/clients.mjs";
import { installClient } from "./clients/install.mjs";
import { page } from "./clients/page.mjs";
import { runClient } from "./clients/run-client.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** No framework may call its maker's servers; pip and npm needn't look for newer versions of themselves. */
const env = {
  ...process.env,
  ANONYMIZED_TELEMETRY: "false",
  CREWAI_DISABLE_TELEMETRY: "true",
  LITELLM_LOCAL_MODEL_COST_MAP: "True",
  OTEL_SDK_DISABLED: "true",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !clients.some((client) => client.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no client ${unknown.join(", ")}. There are ${clients.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const { status } = spawnSync(process.execPath, ["scripts/build.mjs", "--if-stale"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(1);

const rows = [];
for (const client of clients.filter(({ name }) => names.length === 0 || names.includes(name)))
  rows.push(await rowOf(client));

const results = rows.flatMap((row) => Object.values(row.results ?? {}));
// a case that is known to fail and works is a sentence in the page that isn't true any more
const unexpected = rows.flatMap(({ client, results }) =>
  Object.entries(results ?? {}).filter(
    ([name, { result }]) => (result === "failed") !== (client.faults?.[name] !== undefined),
  ),
);
const count = (result) => results.filter((one) => one.result === result).length;
const uninstalled = rows.filter(({ why }) => why !== undefined).length;
console.log(
  `${count("works")} work, ${count("refused")} refused as Bedrock does, ${count("no such mode")} without such a mode, ` +
    `${count("failed")} failed (${unexpected.length} of all not as expected), ${uninstalled} clients not installed`,
);
if (names.length === 0) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const date = new Date().toISOString().slice(0, "2026-01-01".length);
  const file = join(root, "docs/clients.md");
  writeFileSync(
    file,
    await format(page(rows, { version, date }), { ...(await resolveConfig(file)), filepath: file }),
  );
}
process.exit(unexpected.length > 0 ? 1 : 0);

/** @returns the client's row of the table */
async function rowOf(client) {
  const installed = await installClient(root, client, env);
  if (installed.why !== undefined) {
    console.log(`${client.name} could not be installed: ${installed.why}`);
    return { client, why: installed.why };
  }
  const results = await runClient(root, client, installed);
  for (const result of Object.values(results)) console.log(JSON.stringify(result));
  const ran = Object.values(results).find(({ version }) => version !== undefined);
  return { client, version: ran && `${ran.client} ${ran.version}`, results };
}
