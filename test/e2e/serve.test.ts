import net from "node:net";
import { once } from "node:events";

import { expect, it } from "vitest";

import { plainEnv, runCli, start, startCli } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

const script = JSON.stringify({ tokens: [" Hello", " there"] });

it("prints the lines to export on stdout once it is ready, and an unchanged program works with them", async () => {
  await using file = await temporaryFile("script.json", script);
  const cli = startCli(["serve", "--port", "0", "--script", file.path]);
  try {
    await cli.until("stdout", /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\S+\n/u);
    const program = `${cli.stdout}\nexec "${process.execPath}" examples/javascript/invoke_model_with_response_stream.js`;
    const shell = start("/bin/sh", ["-c", program], { env: plainEnv() });
    expect(await shell.ended).toBe(0);
    expect(shell.stdout).toBe(" Hello there\n");
  } finally {
    cli.child.kill("SIGTERM");
  }
  expect(await cli.ended).toBe(0);
  expect(cli.stdout).toMatch(/^((export|unset) .*\n)+$/u);
  expect(cli.stderr).toMatch(/InvokeModelWithResponseStream/u);
  expect(cli.stderr).not.toMatch(/hello world|Hello there/iu);
});

it("lets a running answer finish on SIGTERM", async () => {
  await using file = await temporaryFile(
    "script.json",
    JSON.stringify({ tokens: ["a", "b", "c", "d"], delayMs: 300 }),
  );
  const server = startCli(["serve", "--port", "0", "--script", file.path]);
  await server.until("stdout", /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\S+\n/u);
  const url = /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/u.exec(server.stdout)?.[1] ?? "";
  const asker = startCli(["--on", url, "Hi"]);
  await asker.until("stdout", /a/u);
  server.child.kill("SIGTERM");
  expect(await asker.ended).toBe(0);
  expect(asker.stdout).toBe("abcd\n");
  expect(await server.ended).toBe(0);
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
  const args = ["serve", "--port", "0", "--host", "0.0.0.0", "--script", file.path];
  const env = { CRIA_HOME: file.folder };
  const refused = await runCli(args, { env });
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("cria keys create");
  expect(refused.stderr).toContain("--auth none");

  const open = startCli([...args, "--auth", "none"], { env });
  await open.until("stdout", /AWS_ENDPOINT_URL_BEDROCK_RUNTIME/u);
  open.child.kill("SIGTERM");
  expect(await open.ended).toBe(0);
});
