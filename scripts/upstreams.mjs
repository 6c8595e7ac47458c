// npm run conformance:upstreams: runs test/upstreams against real servers, one after the other, and writes what it found into docs/upstreams.md. With names as
// arguments it runs only these, and keeps what earlier runs found of the others. A server that can't be had or started doesn't keep the next ones from being run. The
// exit code is 0 if each server that was asked for did all that the page promises. The first time it installs them: 8 GB in .cache/, and up to an hour.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { setUpLlamaServer } from "./conformance/llama-server.mjs";
import { runVitest } from "./run-tests.mjs";
import { setUpToolchains } from "./toolchains.mjs";
import { setUpOllama } from "./upstreams/ollama.mjs";
import { brokenPromises, renderUpstreams } from "./upstreams/page.mjs";
import { setUpVllm, setUpVllmRouter } from "./upstreams/vllm.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const env = { ...process.env, CRIA_HOME: process.env.CRIA_HOME || join(root, ".cache/cria") };
const results = join(root, ".cache/upstreams");

/** Each server, and what installs it: undefined, or the reason for a failure. */
const servers = {
  "llama-server": () => setUpLlamaServer(root, env),
  ollama: () => setUpOllama(root, env),
  ray: (modelFile) => setUpVllm(root, modelFile, env),
  "vllm-router": async (modelFile) => (await setUpVllm(root, modelFile, env)) ?? setUpVllmRouter(root, env),
  vllm: (modelFile) => setUpVllm(root, modelFile, env),
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
// the SDKs of these languages call each server, too, where their toolchains are
await setUpToolchains(root, ["python", "java", "go", "rust", "dotnet", "engine"], env);
const models = join(env.CRIA_HOME, "models");
const model = existsSync(models) && readdirSync(models).find((file) => /^SmolLM2.*\.gguf$/u.test(file));
if (!model) {
  console.error(`The small model isn't in ${models}: see above why it couldn't be fetched.`);
  process.exit(1);
}

mkdirSync(results, { recursive: true });
const asked =
  names.length > 0 ? Object.keys(servers).filter((name) => names.includes(name)) : Object.keys(servers);
const began = Date.now();
const minutes = () => `${((Date.now() - began) / 60_000).toFixed(1)} min`;
let failed = 0;
for (const [i, name] of asked.entries()) {
  for (const old of readdirSync(results).filter((file) => file.startsWith(`${name}.`)))
    rmSync(join(results, old));
  console.log(`\n${i + 1} of ${asked.length}: ${name} (${minutes()})`);
  let why;
  try {
    why = await servers[name](join(models, model));
  } catch (error) {
    why = String(error);
  }
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
const broken = brokenPromises(results, asked);
console.log(`\nThe tables in docs/upstreams.md are written (${minutes()}). ${failed} failed.`);
for (const line of broken) console.log(`not as promised: ${line}`);
process.exit(failed > 0 || broken.length > 0 ? 1 : 0);
