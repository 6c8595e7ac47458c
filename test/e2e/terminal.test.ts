import { spawnSync } from "node:child_process";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished, type TestContext } from "vitest";

import { createScriptedEngine } from "../../src/engine/index.js";
import { serve } from "../../src/server/index.js";
import { plainEnv, runCli, start } from "../support/run-cli.js";

const BIN = fileURLToPath(new URL("../../dist/cria.js", import.meta.url));

/** Writes the clipboard, names the window, clears the screen, and begins a command with one character (C1). */
const HOSTILE = "\u001b]52;c;cm0gLXJm\u0007\u001b]0;owned\u0007\u001b[2J\u009b31m";
const SHOWN = "\\u001b]52;c;cm0gLXJm\\u0007\\u001b]0;owned\\u0007\\u001b[2J\\u009b31m";

/** Runs `cria` on a terminal, as `script` of util-linux makes one. */
async function onTerminal(context: TestContext, args: readonly string[]): Promise<string> {
  if (process.platform !== "linux" || spawnSync("script", ["--version"]).status !== 0)
    context.skip("there is no `script` of util-linux to make a terminal with");
  const words = [process.execPath, BIN, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const running = start("script", ["-qec", words.join(" "), "/dev/null"], {
    env: plainEnv({ NO_COLOR: "1" }),
  });
  running.child.stdin?.end();
  await running.ended;
  return running.stdout;
}

async function scripted(tokens: readonly string[]) {
  const server = await serve({ engine: createScriptedEngine({ script: { tokens } }) });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server.url;
}

describe("a terminal", () => {
  it("isn't controlled by what a model says, token by token, and shows line ends and tabs", async (context) => {
    const tokens = ["Hi", ...HOSTILE.split(/(?=.)/su), "\n\tthere — Grüße, 日本語"];
    const shown = await onTerminal(context, ["--on", await scripted(tokens), "Hi"]);
    expect(shown).toContain(`Hi${SHOWN}\r\n\tthere — Grüße, 日本語\r\n`);
    expect(shown).not.toContain("\u001b");
    expect(shown).not.toContain("\u009b");
  });

  it("gets JSON that is still JSON with --json", async (context) => {
    const shown = await onTerminal(context, ["--json", "--on", await scripted([HOSTILE]), "Hi"]);
    const [line = ""] = shown.split("\r\n").filter((each) => each.startsWith("{"));
    expect(JSON.parse(line)).toMatchObject({ generation: HOSTILE });
    expect(shown).not.toContain("\u009b");
  });

  it("isn't asked where the answer goes to a program: that gets every byte", async () => {
    const { stdout } = await runCli(["--on", await scripted([HOSTILE]), "Hi"]);
    expect(stdout).toBe(`${HOSTILE}\n`);
  });
});

describe("what somebody else says in an error is shown, and controls nothing", () => {
  it("a server's message", async () => {
    const server = createServer().on("stream", (stream) => {
      stream.respond({
        ":status": 400,
        "content-type": "application/json",
        "x-amzn-errortype": "ValidationException",
      });
      stream.end(JSON.stringify({ message: `no: ${HOSTILE}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await runCli(["--on", url, "Hi"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`no: ${SHOWN}`);
    expect(stderr).not.toContain("\u001b");
  });

  it.each([
    ["a command line that was pasted", [`--${HOSTILE}`], {}],
    ["a model's id", ["models", "pull", HOSTILE], {}],
    ["a file's name", ["--model-file", `/nowhere/${HOSTILE}.gguf`, "Hi"], {}],
    ["a variable", ["Hi"], { CRIA_MODEL: `/nowhere/${HOSTILE}.gguf` }],
    ["a stack", ["--model-file", `/nowhere/${HOSTILE}.gguf`, "Hi"], { CRIA_DEBUG: "1" }],
  ])("%s", async (_, args, env) => {
    const { code, stderr } = await runCli(args, { env });
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain("\\u001b]0;owned");
    expect(stderr).not.toContain("\u001b");
    expect(stderr).not.toContain("\u009b");
  });

  it("the variables that `cria doctor` reports", async () => {
    const { stdout } = await runCli(["doctor", "--offline"], { env: { NO_PROXY: `${HOSTILE}\nfalse line` } });
    expect(stdout).toContain(`NO_PROXY: ${SHOWN}\\u000afalse line`);
    expect(stdout).not.toContain("\u001b");
  });
});
