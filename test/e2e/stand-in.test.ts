import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, type TestContext, vi } from "vitest";

import { smallModel } from "../../src/models/index.js";
import { readSettings } from "../../src/store/index.js";
import { type Behaviour, ignoreProxies, stallAfter, whole } from "../models/support/hub-server.js";
import { startWeightsHub } from "../models/support/weights-hub.js";
import { defaultModelEnv } from "../support/default-model.js";
import { emptyFolder, shareFolder } from "../support/folder.js";
import { needsPosix, NO_CTRL_C } from "../support/platform.js";
import { runCli, startCli } from "../support/run-cli.js";

ignoreProxies();

/** The small model's 98 MB are fetched and verified. */
vi.setConfig({ testTimeout: 120_000 });

const BEST_FILE = "Llama-3.2-1B-Instruct-Q4_K_M.gguf";
/** The catalogue's checksum of that file, whose bytes can't be had in a test. */
const BEST_SUM = "6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83";

/** A new home with an engine, and a hub with the real small model and a file that claims to be Llama 3.2 1B. */
async function newHome(context: TestContext, ...storage: Behaviour[]) {
  const { CRIA_HOME: here } = await defaultModelEnv(context);
  const home = await emptyFolder();
  await mkdir(home, { recursive: true });
  await shareFolder(join(here, "engine"), join(home, "engine"));
  const small = await readFile(join(here, "models", smallModel.fileName));
  const files = { [BEST_FILE]: Buffer.alloc(2_000_000), [smallModel.fileName]: small };
  const sums = { [BEST_FILE]: BEST_SUM, [smallModel.fileName]: smallModel.sha256 };
  const hub = await startWeightsHub(files, { storage, sums });
  const env = { CRIA_HOME: home, HF_ENDPOINT: hub.url, HF_TOKEN: "", CI: "" };
  return { ...hub, home, env };
}

const hello = ["--seed", "1", "--temperature", "0", "--max-gen-len", "20", "What is the capital of France?"];

it("a setup that is killed in its download goes on with it, and the checksum covers the whole file", async (context) => {
  const { env, home, storageRequests } = await newHome(context, stallAfter(40_000_000), whole);
  const part = join(home, "models", `${smallModel.fileName}.part`);
  const killed = startCli(["setup", "--model", "small"], { env });
  await expect
    .poll(async () => (await stat(part).catch(() => undefined))?.size, { timeout: 60_000 })
    .toBe(40_000_000);
  killed.child.kill("SIGKILL");
  await killed.ended;
  expect((await readSettings(home)).model).toBeUndefined();

  const { code, stdout, stderr } = await runCli(["setup", "--model", "small"], { env });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain(join(home, "models", smallModel.fileName));
  expect(storageRequests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=40000000-"]);
  expect(await readSettings(home)).toMatchObject({ model: smallModel.name });
});

it("Ctrl-C in the download of the first run goes on with the small model; later runs ask no network", async (context) => {
  needsPosix(context, NO_CTRL_C);
  const { env, requests, storageRequests } = await newHome(context, stallAfter(1_000_000), whole);
  const first = startCli(hello, { env });
  await first.until("stderr", /Ctrl-C goes on with the small model/u);
  await expect.poll(() => storageRequests.length, { timeout: 60_000 }).toBe(1);
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(0);
  expect(first.stdout).toMatch(/\w/u);
  expect(first.stderr).toMatch(/808 MB, Llama 3\.2 Community License/u);
  expect(first.stderr).toMatch(/its download was stopped.*`cria setup --model default`/u);
  expect(first.stderr).toMatch(/SmolLM2\S* answers in place of/u);

  const before = requests.length;
  const second = await runCli(hello, { env });
  expect(second).toMatchObject({ code: 0, stdout: first.stdout });
  expect(requests).toHaveLength(before);
});

it("a second Ctrl-C ends the first run", async (context) => {
  needsPosix(context, NO_CTRL_C);
  const { env, home } = await newHome(context, stallAfter(1_000_000));
  const run = startCli(hello, { env });
  await run.until("stderr", /Ctrl-C goes on with the small model/u);
  run.child.kill("SIGINT");
  await run.until("stderr", /its download was stopped/u);
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(run.stdout).toBe("");
  expect((await readSettings(home)).model).toBeUndefined();
});

it("wrong names after --model are refused with the choices, before anything is downloaded", async () => {
  const env = { CRIA_HOME: await emptyFolder(), HF_ENDPOINT: "http://127.0.0.1:1" };
  const wrong = await runCli(["setup", "--model", "huge"], { env });
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/no model huge\. .*small, default, .*\.gguf file.*\n {2}meta\.llama/u);
  const both = await runCli(["--small", "--model-file", "x.gguf", "Hi"], { env });
  expect(both).toMatchObject({ code: 2, stdout: "" });
  expect(both.stderr).toContain("--small names a model, and so does --model-file");
});
