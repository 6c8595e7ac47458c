import net from "node:net";
import { once } from "node:events";

import { expect, it } from "vitest";

import { needsPosix, NO_CTRL_C, TERMINATED } from "../support/platform.js";
import { runCli, startCli } from "../support/run-cli.js";
import { startServing } from "../support/serving.js";
import { temporaryFile } from "../support/temporary-file.js";

const script = JSON.stringify({ tokens: [" Hello", " there"] });

it("prints the lines to export on stdout once it is ready, and an unchanged program works with them", async () => {
  await using file = await temporaryFile("script.json", script);
  const { cli, paste } = await startServing(["--script", file.path]);
  try {
    const program = "examples/javascript/invoke_model_with_response_stream.js";
    expect(await paste([process.execPath, program])).toMatchObject({ code: 0, stdout: " Hello there\n" });
  } finally {
    cli.child.kill("SIGTERM");
  }
  expect(await cli.ended).toBe(TERMINATED);
  expect(cli.stdout).toMatch(/^((export|unset|set) .*\n)+$/u);
  expect(cli.stderr).toMatch(/InvokeModelWithResponseStream/u);
  expect(cli.stderr).not.toMatch(/hello world|Hello there/iu);
});

it("lets a running answer finish on SIGTERM", async (context) => {
  needsPosix(context, NO_CTRL_C);
  await using file = await temporaryFile(
    "script.json",
    JSON.stringify({ tokens: ["a", "b", "c", "d"], delayMs: 300 }),
  );
  const { cli: server, url } = await startServing(["--script", file.path]);
  const asker = startCli(["--on", url, "Hi"]);
  await asker.until("stdout", /a/u);
  server.child.kill("SIGTERM");
  expect(await asker.ended).toBe(0);
  expect(asker.stdout).toBe("abcd\n");
  expect(await server.ended).toBe(0);
});

it("goes on answering for the drain delay, while it says that it isn't ready, and then for the grace period", async (context) => {
  needsPosix(context, NO_CTRL_C);
  await using file = await temporaryFile(
    "script.json",
    JSON.stringify({ tokens: Array<string>(1_000).fill("a"), delayMs: 300 }),
  );
  const options = ["--script", file.path, "--drain-delay", "5", "--grace", "0"];
  const { cli: server, url } = await startServing(options);
  const ready = async () => (await fetch(new URL("/health/ready", url))).status;
  expect(await ready()).toBe(200);
  server.child.kill("SIGTERM");
  await server.until("stderr", /stopping/u);
  expect(await ready()).toBe(503);
  const late = startCli(["--on", url, "Hi"]);
  await late.until("stdout", /a/u);
  expect(await server.ended).toBe(0);
  expect(await late.ended).toBe(1);
  expect(late.stderr).toContain("shutting down");
});

it("ends a running answer with an error on a second SIGTERM, also over HTTP/2", async (context) => {
  needsPosix(context, NO_CTRL_C);
  const tokens = Array<string>(1_000).fill("a");
  await using file = await temporaryFile("script.json", JSON.stringify({ tokens, delayMs: 100 }));
  const { cli: server, url } = await startServing(["--script", file.path, "--grace", "60"]);
  const asker = startCli(["--on", url, "Hi"]);
  await asker.until("stdout", /a/u);
  server.child.kill("SIGTERM");
  await server.until("stderr", /stopping/u);
  server.child.kill("SIGTERM");
  expect(await asker.ended).toBe(1);
  expect(asker.stderr).toContain("shutting down");
  expect(await server.ended).toBe(143);
});

it("says that it isn't ready, and why, where the server of a model isn't there", async () => {
  const holder = net.createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as net.AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  const model = "meta.llama3-3-70b-instruct-v1:0";
  const server = startCli(["serve", "--port", "0", "--upstream", `${model}=http://127.0.0.1:${port}/v1`]);
  await server.until("stdout", /AWS_ENDPOINT_URL/u);
  server.child.kill("SIGTERM");
  await server.ended;
  const lines = server.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { level: number; msg: string });
  expect(lines.slice(0, 2)).toMatchObject([
    { level: 40, msg: expect.stringMatching(`^For ${model}: 127.0.0.1:${port} can't be reached`) as string },
    {
      level: 40,
      msg: expect.stringMatching(
        `^cria listens on http.*, but isn't ready: No upstream .*${model}`,
      ) as string,
    },
  ]);
});

it("says what to do when the port is in use", async () => {
  const holder = net.createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  try {
    await using file = await temporaryFile("script.json", script);
    const { port } = holder.address() as net.AddressInfo;
    const { code, stdout, stderr } = await runCli(["serve", "--port", String(port), "--script", file.path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`${port}.*--port 0`, "su"));
  } finally {
    holder.close();
  }
});

it("needs a key from other machines by default", async () => {
  await using file = await temporaryFile("script.json", script);
  const options = ["--host", "0.0.0.0", "--script", file.path];
  const env = { CRIA_HOME: file.folder };
  const refused = await runCli(["serve", "--port", "0", ...options], { env });
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("cria keys create");
  expect(refused.stderr).toContain("--auth none");

  const { cli: open } = await startServing([...options, "--auth", "none"], env);
  open.child.kill("SIGTERM");
  expect(await open.ended).toBe(TERMINATED);
});
