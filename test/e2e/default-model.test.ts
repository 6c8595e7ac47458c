import { describe, expect, it } from "vitest";

import { defaultModelEnv } from "../support/default-model.js";
import { pythonWithBoto3 } from "../support/python.js";
import { plainEnv, runCli, start } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

const question = "Describe the purpose of a 'hello world' program in one line.";

/** Expects the text in several parts, far enough apart to have been printed one by one. */
function expectStreamed({ stdout, times }: { stdout: string; times: readonly number[] }) {
  expect(stdout).toMatch(/\w+ \w+ \w+.*\n$/su);
  expect(times.length).toBeGreaterThan(5);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(50);
}

describe("the default model answers", () => {
  it("on the command line", async (context) => {
    const env = await defaultModelEnv(context);
    const args = ["--seed", "1", "--max-gen-len", "60"];
    const answer = await runCli([...args, "--stats", question], { env });
    expect(answer.code).toBe(0);
    expectStreamed(answer);
    expect(answer.stderr).toMatch(/SmolLM2\S* answers in place of meta\.llama2-13b-chat-v1/u);
    const again = await runCli([...args, question], { env });
    expect(again.stdout).toBe(answer.stdout);
  });

  it("not with --strict, which gives an error", async (context) => {
    const env = await defaultModelEnv(context);
    const { code, stdout, stderr } = await runCli(["--strict", "Hi"], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("stand-in");
  });

  it("the unchanged JavaScript example", async (context) => {
    const env = await defaultModelEnv(context);
    const program = "examples/javascript/invoke_model_with_response_stream.js";
    const answer = await runCli(["run", "--", process.execPath, program], { env });
    expect(answer.code).toBe(0);
    expectStreamed(answer);
    expect(answer.stderr).toContain("answers in place of");
  });

  it("the unchanged Python example", async (context) => {
    const env = await defaultModelEnv(context);
    const answer = await runCli(
      ["run", "--", pythonWithBoto3(context), "examples/python/invoke_model_with_response_stream.py"],
      {
        env,
      },
    );
    expect(answer.code).toBe(0);
    expectStreamed(answer);
  });

  it("in a program's own process, which then exits by itself", async (context) => {
    const env = await defaultModelEnv(context);
    const program = `
      import { invokeLlama, streamLlama } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
      const messages = [{ role: "user", content: ${JSON.stringify(question)} }];
      let text = "";
      const stream = streamLlama({ messages, seed: 1, maxGenLen: 20 });
      for await (const { generation } of stream) text += generation;
      const whole = await invokeLlama({ messages, seed: 1, maxGenLen: 20 });
      console.log(JSON.stringify({ text, whole, totals: stream.totals, standIn: stream.standIn }));`;
    const node = start(process.execPath, ["--input-type=module", "-e", program], { env: plainEnv(env) });
    expect(await node.ended).toBe(0);
    const { text, whole, totals, standIn } = JSON.parse(node.stdout) as Record<
      string,
      Record<string, unknown>
    >;
    expect(text).toMatch(/\w+ \w+/u);
    expect(whole).toMatchObject({ generation: text, generationTokenCount: totals?.["generationTokenCount"] });
    expect(standIn).toMatch(/^SmolLM2/u);
  });
});

it("a missing or invalid model file gets a clear error", async (context) => {
  const env = await defaultModelEnv(context);
  const missing = await runCli(["--model-file", "/no/such.gguf", "Hi"], { env });
  expect(missing).toMatchObject({ code: 1, stdout: "" });
  expect(missing.stderr).toContain("/no/such.gguf");
  await using file = await temporaryFile("broken.gguf", "no model");
  const broken = await runCli(["--model-file", file.path, "Hi"], { env });
  expect(broken).toMatchObject({ code: 1, stdout: "" });
  expect(broken.stderr).toContain(file.path);
});

it("cria models lists the installed models", async (context) => {
  const env = await defaultModelEnv(context);
  const table = await runCli(["models"], { env });
  expect(table).toMatchObject({ code: 0, stderr: "" });
  expect(table.stdout).toMatch(/SmolLM2-135M-Instruct-Q4_1 +98 MB +\S.*\.gguf/u);
  const json = JSON.parse((await runCli(["models", "--json"], { env })).stdout) as unknown[];
  expect(json).toContainEqual(expect.objectContaining({ name: "SmolLM2-135M-Instruct-Q4_1", here: true }));
});
