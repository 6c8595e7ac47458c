// npm run conformance:upstreams: runs test/upstreams against real servers, one after the other, and writes what it found into docs/upstreams.md. With names as
// arguments it runs only these, and keeps what earlier runs found of the others. The first time it installs them: 8 GB in .cache/, and up to an hour.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { setUpLlamaServer } from "./conformance/llama-server.mjs";
import { runVitest } from "./run-tests.mjs";
import { setUpToolchains } from "./toolchains.mjs";
import { setUpOllama } from "./upstreams/ollama.mjs";
import { renderUpstreams } from "./upstreams/page.mjs";
import { setUpVllm, setUpVllmRouter } from "./upstreams/vllm.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const env = { ...process.env, CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria") };
const results = join(root, ".cache/upstreams");

/** Each server, and what installs it: undefined, or the reason for a failure. */
const servers = {
  "llama-server": () => setUpLlamaServer(root, env),
  vllm: (modelFile) => setUpVllm(root, modelFile, env),
  "vllm-router": async (modelFile) => (await setUpVllm(root, modelFile, env)) ?? setUpVllmRouter(root, env),
  ray: (modelFile) => setUpVllm(root, modelFile, env),
  ollama: () => setUpOllama(root, env),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(servers, name));
if (unknown.length > 0) {
  console.error(`There is no server ${unknown.join(", ")}. There are ${Object.keys(servers).join(", ")}.`);
  process.exit(2);
}

const { status } = spawnSync(process.execPath, ["scripts/build.mjs", "--if-stale"], {
  ...{ cwd: root, stdio: "inherit", env },
});
if (status !== 0) process.exit(1);
await setUpToolchains(root, ["python", "engine"], env);
const models = join(env.CRIA_HOME, "models");
const model = existsSync(models) && readdirSync(models).find((file) => /^SmolLM2.*\.gguf$/u.test(file));
if (!model) {
  console.error(`The small model isn't in ${models}: see above why it couldn't be fetched.`);
  process.exit(1);
}

mkdirSync(results, { recursive: true });
let failed = 0;
for (const [name, setUp] of Object.entries(servers)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const old of readdirSync(results).filter((file) => file.startsWith(`${name}.`)))
    rmSync(join(results, old));
  console.log(`Setting up ${name} …`);
  const why = await setUp(join(models, model));
  if (why !== undefined) {
    console.log(`${name} can't be run here: ${why}`);
    writeFileSync(join(results, `${name}.why.json`), JSON.stringify({ title: name, why }));
    continue;
  }
  const run = { ...env, CRIA_UPSTREAM: name, CRIA_UPSTREAM_RESULTS: name };
  const report = runVitest(root, ["test/upstreams"], run);
  failed += report?.failed ?? 1;
  console.log(`${name}: ${report?.passed ?? 0} passed, ${report?.failed ?? 1} failed`);
}
// Amazon's own service is the conformance suite's: CONFORMANCE_TARGET=aws
if (!env.AWS_ACCESS_KEY_ID && !env.AWS_PROFILE && !env.AWS_BEARER_TOKEN_BEDROCK)
  console.log("Amazon Bedrock isn't called: there are no credentials in the environment.");

const file = join(root, "docs/upstreams.md");
const page = renderUpstreams(readFileSync(file, "utf8"), results);
writeFileSync(file, await format(page, { ...(await resolveConfig(file)), filepath: file }));
process.exit(failed > 0 ? 1 : 0);
