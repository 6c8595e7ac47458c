import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createScriptedEngine, type GenerateRequest, type Script } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix, NO_CTRL_C } from "../support/platform.js";
import { runCli, start, startCli } from "../support/run-cli.js";

/** A server whose engine plays `script`, and its requests. */
async function scripted(script: Script) {
  const requests: GenerateRequest[] = [];
  const engine = createScriptedEngine({
    script(request) {
      requests.push(request);
      return script;
    },
  });
  const server = await serve({ engine, port: 0 });
  return { url: server.url, requests, [Symbol.asyncDispose]: () => server.close({ graceMs: 0 }) };
}

const hello: Script = { tokens: [" Hello", ",", " world", "."], promptTokens: 7 };
const endless: Script = { tokens: Array.from({ length: 500 }, () => " on"), delayMs: 50 };

describe("cria “prompt”", () => {
  it("says so when a prompt on stdin is longer than a body may be, and ends", async () => {
    await using server = await scripted(hello);
    const input = "a".repeat(30_000_000);
    const { code, stdout, stderr } = await runCli(["--on", server.url, "-n", "5"], { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^cria: ValidationException: .*less than or equal to 25000000\n$/u);
    expect(server.requests).toEqual([]);
  }, 60_000);

  it("prints the answer and a final newline on stdout, the stand-in's notice and the statistics on stderr", async () => {
    await using server = await scripted(hello);
    const { code, stdout, stderr } = await runCli([
      "--on",
      server.url,
      "--stats",
      "--max-gen-len",
      "9",
      "Hi",
      "there",
    ]);
    expect(stdout).toBe(" Hello, world.\n");
    expect(stderr).toMatch(
      /scripted answers in place of meta\.llama2-13b-chat-v1, whose weights aren't on this machine/u,
    );
    expect(stderr).toMatch(
      /7 tokens in · 5 out \(stop\) · .* tokens\/s · first text after [\d.]+ s · scripted/u,
    );
    expect(stderr.trim().split("\n")).toHaveLength(2);
    expect(code).toBe(0);
    expect(server.requests[0]).toMatchObject({ maxTokens: 9 });
    expect(server.requests[0]?.prompt).toContain("Hi there");
  });

  it("answers whatever the shell and the shared files say of Amazon's endpoints and credentials", async () => {
    await using server = await scripted(hello);
    const home = await emptyFolder();
    const config = join(home, "config");
    await writeFile(
      config,
      "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\nregion = eu-central-1\n" +
        "endpoint_url = https://bedrock-runtime.us-east-1.amazonaws.com\ncredential_process = false\n",
    );
    const shells: NodeJS.ProcessEnv[] = [
      { AWS_USE_FIPS_ENDPOINT: "true" },
      { AWS_USE_DUALSTACK_ENDPOINT: "true" },
      { AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" },
      { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: config },
      { AWS_CONFIG_FILE: config, AWS_PROFILE: "absent" },
      { AWS_BEARER_TOKEN_BEDROCK: "REALSECRET", AWS_AUTH_SCHEME_PREFERENCE: "httpBearerAuth" },
      { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://127.0.0.1:9", AWS_REGION: "cn-north-1" },
      { AWS_ACCOUNT_ID_ENDPOINT_MODE: "required" },
    ];
    for (const env of shells) {
      const { code, stdout, stderr } = await runCli(["--on", server.url, "Hi"], { env });
      expect({ code, stdout }, `${JSON.stringify(env)} ${stderr}`).toEqual({
        code: 0,
        stdout: " Hello, world.\n",
      });
    }
  });

  it("writes each token as soon as it arrives", async () => {
    await using server = await scripted({ tokens: ["a", "b", "c"], delayMs: 300 });
    const { stdout, times } = await runCli(["--on", server.url, "Hi"]);
    expect(stdout).toBe("abc\n");
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(150);
  });

  it("prints one JSON object for each token with --json", async () => {
    await using server = await scripted(hello);
    const { stdout } = await runCli(["--on", server.url, "--json", "Hi"]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toEqual({
      generation: " Hello",
      prompt_token_count: 7,
      generation_token_count: 1,
      stop_reason: null,
    });
    expect(lines[4]).toMatchObject({
      stop_reason: "stop",
      "amazon-bedrock-invocationMetrics": { inputTokenCount: 7, outputTokenCount: 5 },
    });
  });

  it("reads the prompt from a pipe too", async () => {
    await using server = await scripted(hello);
    await runCli(["--on", server.url, "--system", "Be brief.", "Sum this up:"], { input: "one two\n" });
    expect(server.requests[0]?.prompt).toContain("Sum this up:\n\none two");
    expect(server.requests[0]?.prompt).toContain("Be brief.");
  });

  it("sends the text verbatim with --raw", async () => {
    await using server = await scripted(hello);
    await runCli([
      "--on",
      server.url,
      "--raw",
      "--seed",
      "5",
      "--temperature",
      "0",
      "[INST] Hi [/INST] Sure,",
    ]);
    expect(server.requests[0]).toMatchObject({ prompt: "[INST] Hi [/INST] Sure,", seed: 5, temperature: 0 });
  });

  it("keeps the output on Ctrl-C, exits 130, and stops the server's generation", async (context) => {
    needsPosix(context, NO_CTRL_C);
    await using server = await scripted(endless);
    const cli = startCli(["--on", server.url, "Hi"]);
    await cli.until("stdout", / on on/u);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toBe(130);
    expect(cli.stdout).toMatch(/^( on)+\n$/u);
    expect(cli.stderr).not.toMatch(/Error|abort/iu);
    await expect.poll(() => server.requests[0]?.signal?.aborted).toBe(true);
  });

  it("exits 0 when its stdout is closed", async () => {
    await using server = await scripted({ ...endless, delayMs: 5 });
    const cli = startCli(["--on", server.url, "Hi"]);
    await cli.until("stdout", / on/u);
    cli.child.stdout?.destroy();
    expect(await cli.ended).toBe(0);
    expect(cli.stderr).not.toMatch(/EPIPE/u);
  });

  it.for([
    ["an answer", (url: string) => `--on ${url} Hi`],
    ["help", () => "--help"],
    ["a list", () => "models"],
  ] as const)(
    "exits 1 and says why when %s can't be written, as to a full disk",
    async ([, args], context) => {
      if (!existsSync("/dev/full")) context.skip("this system has no /dev/full");
      await using server = await scripted(hello);
      const script = `"${process.execPath}" dist/cria.js ${args(server.url)} < /dev/null > /dev/full; echo "$?"`;
      const shell = start("bash", ["-c", script]);
      await shell.ended;
      expect(shell.stderr).toMatch(/^cria: stdout can't be written: ENOSPC/mu);
      expect(shell.stderr).not.toMatch(/^ {4}at /mu);
      expect(shell.stdout).toBe("1\n");
    },
  );

  it("prints the output before an error, then the error on its own line, and exits 1", async () => {
    await using server = await scripted({ ...hello, failAfter: 2 });
    const { code, stdout, stderr } = await runCli(["--on", server.url, "Hi"]);
    expect(stdout).toBe(" Hello,\n");
    expect(stderr).toMatch(/^cria: ModelStreamErrorException: /mu);
    expect(stderr).not.toMatch(/^ {4}at /mu);
    expect(code).toBe(1);
  });

  it("shows the stack with CRIA_DEBUG=1", async () => {
    const { stderr } = await runCli(["--on", "http://127.0.0.1:1", "Hi"], { env: { CRIA_DEBUG: "1" } });
    expect(stderr).toMatch(/^ {4}at /mu);
  });

  it("says what to do if nothing listens there, and for an unknown id", async () => {
    const unreachable = await runCli(["--on", "http://127.0.0.1:1", "Hi"]);
    expect(unreachable).toMatchObject({ code: 1, stdout: "" });
    expect(unreachable.stderr).toContain("cria serve");

    await using server = await scripted(hello);
    const noModel = await runCli(["--on", server.url, "--raw", "--model", "meta.llama9", "Hi"]);
    expect(noModel).toMatchObject({ code: 1, stdout: "" });
    expect(noModel.stderr).toContain("The provided model identifier is invalid.");
  });

  it("says what to do without credentials for AWS", async () => {
    const env = {
      HOME: "/nonexistent",
      AWS_CONFIG_FILE: "/nonexistent/config",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const noRegion = await runCli(["--on", "aws", "Hi"], { env });
    expect(noRegion).toMatchObject({ code: 1, stdout: "" });
    expect(noRegion.stderr).toContain("--region us-east-1");
    const noCredentials = await runCli(["--on", "aws", "--region", "us-east-1", "Hi"], { env });
    expect(noCredentials).toMatchObject({ code: 1, stdout: "" });
    expect(noCredentials.stderr).toContain("aws sso login");
  });
});

it("an empty prompt is a usage error", async () => {
  const { code, stdout, stderr } = await runCli([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain('cria "What is a llama?"');
});

it("--help prints examples on stdout", async () => {
  const { code, stdout, stderr } = await runCli(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("cria run -- python app.py");
});
