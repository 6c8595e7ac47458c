import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { sendHttp1 } from "../server/support/http.js";
import { needsEngine } from "../support/engine.js";
import { emptyFolder, shareFolder } from "../support/folder.js";
import { tinyModel } from "../support/gguf/tiny-model.js";
import { testHome } from "../support/home.js";
import { TERMINATED } from "../support/platform.js";
import { runCli } from "../support/run-cli.js";
import { startServing } from "../support/serving.js";

const LLAMA_2 = "meta.llama2-13b-chat-v1";
const LLAMA_3 = "meta.llama3-8b-instruct-v1:0";
const LLAMA_3_PROFILE = `us.${LLAMA_3}`;

/** Bedrock's token counts: a Llama 2 prompt gets a beginning-of-sequence token, a Llama 3 prompt doesn't. */
const PROMPTS = [
  [LLAMA_2, "What is 212 degrees Fahrenheit converted to Celsius?", "17"],
  [LLAMA_3, "What is the capital of France?", "7"],
  [LLAMA_3_PROFILE, "Say this is a test", "5"],
] as const;

/** A separate home with the engine that all tests share, and two added models. */
async function homeWithTwoModels(): Promise<NodeJS.ProcessEnv> {
  const home = await emptyFolder();
  await shareFolder(join(testHome(), "engine"), join(home, "engine"));
  // ignores other programs' models
  const env = { CRIA_HOME: home, HOME: home, USERPROFILE: home };
  const models = [
    [await tinyModel("llama-2"), LLAMA_2],
    [await tinyModel("llama-3"), LLAMA_3],
  ] as const;
  for (const [file, id] of models) {
    const { code, stderr } = await runCli(["models", "add", file, "--as", id], { env });
    expect(code).toBe(0);
    expect(stderr).toContain(`this file serves ${id}`);
  }
  return env;
}

it("serves several models from one server, each with its own weights, within the memory budget", async (context) => {
  needsEngine(context);
  const env = await homeWithTwoModels();
  // enough memory for either model, but not for both
  const args = ["--strict", "--threads", "1", "--context-size", "512", "--memory-budget", "240MB"];
  const { cli, url } = await startServing(args, env);
  onTestFinished(() => void cli.child.kill("SIGKILL"));

  // a model is loaded on first use
  expect((await sendHttp1(url, "/health", { method: "GET" })).body.toString()).toContain('"models":[]');
  for (const [modelId, prompt, count] of [...PROMPTS, ...PROMPTS]) {
    const body = JSON.stringify({ prompt, max_gen_len: 2, temperature: 0 });
    const answer = await sendHttp1(url, `/model/${modelId}/invoke`, { body });
    expect([modelId, answer.status, answer.header("x-amzn-bedrock-input-token-count")]).toEqual([
      modelId,
      200,
      count,
    ]);
    expect(answer.header("x-cria-model")).toBeUndefined();
  }
  const refused = await sendHttp1(url, "/model/meta.llama3-70b-instruct-v1:0/invoke", {
    body: '{"prompt":"Hi"}',
  });
  expect(refused.status).toBe(404);
  expect(refused.body.toString()).toContain("stand-ins are refused");

  cli.child.kill("SIGTERM");
  expect(await cli.ended).toBe(TERMINATED);
  const loaded = [...cli.stderr.matchAll(/"model":"(tiny-llama-\d)"[^}]*"msg":"model loaded"/gu)].map(
    ([, name]) => name,
  );
  expect(loaded).toEqual(["tiny-llama-2", "tiny-llama-3", "tiny-llama-2", "tiny-llama-3"]);
});

it("answers with the user's own GGUF file, with one command", async (context) => {
  needsEngine(context);
  const file = await tinyModel("llama-2");
  const env = { CRIA_HOME: testHome() };
  const args = ["--model-file", file, "--as", LLAMA_2, "--strict", "-n", "3", "--json", "--raw"];
  const { code, stdout, stderr } = await runCli([...args, "What does 'lorem ipsum' mean?"], { env });
  expect([code, stderr]).toEqual([0, ""]);
  const [first] = stdout.split("\n");
  expect(JSON.parse(first ?? "")).toMatchObject({ prompt_token_count: 10, generation_token_count: 1 });
});
