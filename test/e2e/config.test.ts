import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import {
  chunk,
  DONE,
  events,
  roomyVllmPages,
  startCompletionsServer,
} from "../engine/completions/support/completions-server.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix, NO_CTRL_C, TERMINATED } from "../support/platform.js";
import { runCli, startCli } from "../support/run-cli.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";

async function fileWith(text: string): Promise<string> {
  const file = join(await emptyFolder(), "cria.yaml");
  await writeFile(file, text);
  return file;
}

async function upstreamSaying(...words: string[]) {
  const chunks = words.map((word, i) => chunk(word, [i]));
  const upstream = await startCompletionsServer(
    roomyVllmPages,
    events(...chunks, chunk("", [9], { finish: "stop" }), DONE),
  );
  onTestFinished(() => upstream.close());
  return upstream;
}

const withUpstream = (url: string) =>
  `listen: { port: 0 }\nmodels:\n  ${MODEL}:\n    upstream: { url: "${url}" }\n`;

it("serves what the file says, and follows it without dropping a stream: on a change, and on SIGHUP", async (context) => {
  needsPosix(context, NO_CTRL_C);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const slow = await startCompletionsServer(roomyVllmPages, async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk("one", [1]));
    await released;
    response.end([chunk(" two", [2]), chunk("", [3], { finish: "stop" }), DONE].join(""));
  });
  onTestFinished(() => slow.close());
  const [second, third] = await Promise.all([upstreamSaying("second"), upstreamSaying("third")]);
  const file = await fileWith(withUpstream(slow.url));
  const server = startCli(["serve", "--config", file, "--shell", "posix"]);
  onTestFinished(() => void server.child.kill("SIGKILL"));
  await server.until("stdout", /^unset .*\n/mu);
  const url = /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=([^\s"]+)/u.exec(server.stdout)?.[1] ?? "";
  const ask = () => runCli(["--on", url, "--model", MODEL, "Hi"]);

  const running = startCli(["--on", url, "--model", MODEL, "Hi"]);
  await running.until("stdout", /one/u);
  await writeFile(file, withUpstream(second.url));
  await server.until("stderr", /was read again/u);
  expect(await ask()).toMatchObject({ code: 0, stdout: "second\n" });

  // a reload that fails changes nothing
  await writeFile(file, "listen: { prot: 0 }\n");
  server.child.kill("SIGHUP");
  await server.until("stderr", /no `prot`.*"line":1,"column":11|"line":1,"column":11.*no `prot`/su);
  expect(await ask()).toMatchObject({ code: 0, stdout: "second\n" });
  await writeFile(file, withUpstream(third.url));
  server.child.kill("SIGHUP");
  await server.until("stderr", /(?:was read again.*){2}/su);
  expect(await ask()).toMatchObject({ code: 0, stdout: "third\n" });

  release();
  expect(await running.ended).toBe(0);
  expect(running.stdout).toBe("one two\n");
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(TERMINATED);
});

it("runs a program with the models of the file, and the command line wins", async () => {
  const [one, two] = await Promise.all([upstreamSaying("from the file"), upstreamSaying("from the flag")]);
  const file = await fileWith(`${withUpstream(one.url)}auth: keys\nallowHosts: [a.example]\n`);
  const program = join(await emptyFolder(), "ask.mjs");
  await writeFile(
    program,
    `const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url } = process.env;
     const response = await fetch(url + "/model/${MODEL}/invoke", {
       method: "POST", headers: { "content-type": "application/json" }, body: '{"prompt":"Hi"}' });
     console.log((await response.json()).generation);`,
  );
  const run = (...options: string[]) =>
    runCli(["run", "--config", file, ...options, "--", process.execPath, program]);
  expect(await run()).toMatchObject({ code: 0, stdout: "from the file\n" });
  const flagged = await run("--upstream", `${MODEL}=${two.url}`);
  expect(flagged).toMatchObject({ code: 0, stdout: "from the flag\n" });
  expect(flagged.stderr).toContain(`the command line wins over ${file}: upstreams.${MODEL}`);
});

it("checks a file: 0 if it can be used, 2 with a line for each problem if not; serve says the same", async () => {
  const env = { CRIA_TEST_KEY: "sk-secret" };
  const good = await fileWith(
    `models: { ${MODEL}: { upstream: { url: http://a, keyEnv: CRIA_TEST_KEY } } }\n`,
  );
  expect(await runCli(["config", "check", good], { env })).toMatchObject({
    code: 0,
    stdout: `${good}: nothing is wrong.\n`,
  });
  expect(await runCli(["config", "check", good])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(
      "warning: The variable CRIA_TEST_KEY is empty or not set. Set it",
    ) as string,
  });

  const bad = await fileWith("listen:\n  prot: 1\nauth: key\n");
  const lines =
    `${bad}:2:3: There is no \`prot\` in \`listen\`. There are host, port and tls.\n` +
    `${bad}:3:7: \`auth\` must be none or keys. Did you mean \`auth: keys\`?\n`;
  expect(await runCli(["config", "check", bad])).toMatchObject({ code: 2, stdout: lines });
  const { code, stdout, stderr } = await runCli(["serve", "--config", bad]);
  expect([code, stdout, stderr]).toEqual([2, "", `cria: ${bad} can't be used:\n${lines}`]);
  expect(await runCli(["config", "check", `${bad}x`])).toMatchObject({
    code: 2,
    stdout: `${bad}x: There is no such file. Check the path.\n`,
  });
});

it("refuses at the start what only the server finds, with its place", async () => {
  const file = await fileWith("listen: { port: 0 }\nallowOrigins:\n  - '*'\n");
  const { code, stderr } = await runCli(["serve", "--config", file]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${file}:3:5: The origin "*" can't be allowed`);
});

it("shows what is in force and where it comes from, without secrets", async () => {
  const file = await fileWith(
    `models: { ${MODEL}: { upstream: { url: http://a, keyEnv: CRIA_TEST_KEY } } }\nlimits:\n  requests: 5\n`,
  );
  const env = { CRIA_TEST_KEY: "sk-secret", CRIA_MODEL: "/models/a.gguf" };
  const { code, stdout } = await runCli(["config", "show", file], { env });
  expect(code).toBe(0);
  expect(stdout).toContain(`keyEnv: CRIA_TEST_KEY # ${file}:1, set here\n`);
  expect(stdout).toContain(`  requests: 5 # ${file}:3\n`);
  expect(stdout).toContain("  connections: 512 # default\n");
  expect(stdout).toContain("modelFile: /models/a.gguf # CRIA_MODEL\n");
  expect(stdout).not.toContain("sk-secret");
  const shown = JSON.parse((await runCli(["config", "show", "--json", file], { env })).stdout) as object;
  expect(shown).toMatchObject({ listen: { port: 2742 }, limits: { requests: 5 }, log: { level: "info" } });
  // what is shown is a file again
  const again = await fileWith(stdout);
  expect(await runCli(["config", "check", again], { env })).toMatchObject({ code: 0 });
});

it("prints the schema that the package has", async () => {
  const { stdout } = await runCli(["config", "schema"]);
  const packed = await readFile(new URL("../../dist/cria.schema.json", import.meta.url), "utf8");
  expect(stdout).toBe(packed);
});
