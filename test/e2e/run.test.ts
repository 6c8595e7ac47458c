import { constants } from "node:os";

import { describe, expect, it } from "vitest";

import { pythonWithBoto3 } from "../support/python.js";
import { needsPosix, NO_CTRL_C } from "../support/platform.js";
import { runCli, startCli } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

const script = JSON.stringify({ tokens: [" Hello", " there"], delayMs: 200 });

/** Runs a Node program, given as text, with `cria run`. */
async function run(program: string, env: NodeJS.ProcessEnv = {}) {
  await using file = await temporaryFile("script.json", script);
  return await runCli(["run", "--script", file.path, "--", process.execPath, "-e", program], {
    env,
    input: "from stdin",
  });
}

describe("cria run", () => {
  it("gives the program its environment, arguments, stdin and stdout, and exits with its exit code", async () => {
    const program = `
      const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE, KEPT } = process.env;
      let input = "";
      process.stdin.on("data", (data) => (input += data)).on("end", async () => {
        const health = await (await fetch(url + "/health")).json();
        console.log(JSON.stringify({ health, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE, KEPT, input }));
        process.exitCode = 7;
      });`;
    const { code, stdout } = await run(program, {
      AWS_PROFILE: "real",
      AWS_ACCESS_KEY_ID: "REALKEY",
      KEPT: "yes",
    });
    expect(code).toBe(7);
    const seen = JSON.parse(stdout) as Record<string, unknown>;
    expect(seen).toMatchObject({ health: { status: "ready" }, KEPT: "yes", input: "from stdin" });
    expect(seen["AWS_REGION"]).toEqual(expect.any(String));
    expect(JSON.stringify(seen)).not.toMatch(/real/iu);
  });

  it("keeps a region that is set", async () => {
    const { stdout } = await run("console.log(process.env.AWS_REGION)", { AWS_REGION: "eu-central-1" });
    expect(stdout).toBe("eu-central-1\n");
  });

  it("exits 128 + the number of the signal that ended the program", async (context) => {
    needsPosix(context, "Windows has no signals: a program that was killed has an exit code");
    const { code } = await run('process.kill(process.pid, "SIGKILL")');
    expect(code).toBe(128 + constants.signals.SIGKILL);
  });

  it.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "forwards %s, and waits until the program ends",
    async (signal, context) => {
      needsPosix(context, NO_CTRL_C);
      await using file = await temporaryFile("script.json", script);
      const program = `process.on("${signal}", () => { console.log("got it"); process.exit(3); });
      console.log("up"); setInterval(() => {}, 1000);`;
      const cli = startCli(["run", "--script", file.path, "--", process.execPath, "-e", program]);
      await cli.until("stdout", /up/u);
      cli.child.kill(signal);
      expect(await cli.ended).toBe(3);
      expect(cli.stdout).toBe("up\ngot it\n");
    },
  );

  it("exits 127 for a program that doesn't exist", async () => {
    await using file = await temporaryFile("script.json", script);
    const missing = await runCli(["run", "--script", file.path, "--", "no-such-program-here", "--flag"]);
    expect(missing).toMatchObject({ code: 127, stdout: "" });
    expect(missing.stderr).toMatch(/no-such-program-here: no such program/u);
  });

  it("exits 126 for a program that isn't executable", async (context) => {
    needsPosix(context, "Windows has no permission to execute a file.");
    await using file = await temporaryFile("script.json", script);
    const plain = await runCli(["run", "--script", file.path, "--", file.path]);
    expect(plain).toMatchObject({ code: 126, stdout: "" });
    expect(plain.stderr).toMatch(/may not be executed/u);
  });

  it("streams the JavaScript example, token by token", async () => {
    await expectStreamed(process.execPath, "examples/javascript/invoke_model_with_response_stream.js");
  });

  it("streams the Python example, token by token", async (context) => {
    await expectStreamed(pythonWithBoto3(context), "examples/python/invoke_model_with_response_stream.py");
  });
});

async function expectStreamed(...command: readonly string[]) {
  await using file = await temporaryFile("script.json", script);
  const { code, stdout, times } = await runCli(["run", "--script", file.path, "--", ...command]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: " Hello there\n" });
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
}
