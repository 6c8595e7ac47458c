import { describe, expect, it, type TestContext } from "vitest";

import { builtExample } from "../support/built-example.js";
import { expectExampleStreams } from "../support/expect-example-streams.js";
import { emptyFolder } from "../support/folder.js";
import { mavenWithJava } from "../support/maven.js";
import { pythonWithBoto3 } from "../support/python.js";
import { plainEnv, runCli, start, startCli } from "../support/run-cli.js";
import { temporaryFile } from "../support/temporary-file.js";

const script = JSON.stringify({ tokens: [" Hello", " there"] });

const javaScript = () => [process.execPath, "examples/javascript/invoke_model_with_response_stream.js"];
const python = (context: TestContext) => [
  pythonWithBoto3(context),
  "examples/python/invoke_model_with_response_stream.py",
];

/** The smallest program with each SDK, and the command that runs it. */
const programs: Readonly<Record<string, (context: TestContext) => readonly string[]>> = {
  JavaScript: javaScript,
  Python: python,
  Go: (context) => [builtExample(context, "go")],
  Rust: (context) => [builtExample(context, "rust")],
  Java: (context) => [...mavenWithJava(context), "-q", "-B", "-f", "examples/java", "compile", "exec:java"],
};

describe("cria run --tls", () => {
  it.for(Object.keys(programs))(
    "makes the %s example trust its certificate, and streams, token by token",
    async (name, context) => {
      const env = { CRIA_HOME: await emptyFolder() };
      await expectExampleStreams(programs[name]?.(context) ?? [], ["--tls"], { env });
    },
  );

  it("keeps the certificates that a program already trusts", async () => {
    await using file = await temporaryFile("script.json", script);
    const program = `
      const { AWS_CA_BUNDLE, SSL_CERT_FILE, AWS_ENDPOINT_URL_BEDROCK_RUNTIME } = process.env;
      const pems = require("fs").readFileSync(AWS_CA_BUNDLE, "utf8").replace(/\\s/gu, "");
      const kept = require("tls").rootCertificates.every((pem) => pems.includes(pem.replace(/\\s/gu, "")));
      console.log(JSON.stringify({ kept, same: AWS_CA_BUNDLE === SSL_CERT_FILE, url: AWS_ENDPOINT_URL_BEDROCK_RUNTIME }));`;
    const { stdout } = await runCli(
      ["run", "--tls", "--script", file.path, "--", process.execPath, "-e", program],
      {
        env: { CRIA_HOME: await emptyFolder() },
      },
    );
    expect(JSON.parse(stdout)).toEqual({
      kept: true,
      same: true,
      url: expect.stringMatching(/^https:/u) as string,
    });
  });
});

describe("cria serve --tls-self-signed", () => {
  it("prints lines that make SDKs use TLS, and serves plain HTTP too", async (context) => {
    await using file = await temporaryFile("script.json", script);
    const cli = startCli(["serve", "--port", "0", "--tls-self-signed", "--script", file.path], {
      env: { CRIA_HOME: await emptyFolder() },
    });
    try {
      await cli.until("stdout", /unset .*\n/u);
      const url = /AWS_ENDPOINT_URL_BEDROCK_RUNTIME=(\S+)/u.exec(cli.stdout)?.[1] ?? "";
      expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
      const paste = async (words: readonly string[], more = "") => {
        const program = `${cli.stdout}\n${more}\nexec ${words.map((word) => `"${word}"`).join(" ")}`;
        const shell = start("/bin/sh", ["-c", program], { env: plainEnv() });
        const code = await shell.ended;
        return { code, stdout: shell.stdout, stderr: shell.stderr };
      };
      const right = { code: 0, stdout: " Hello there\n" };
      expect(await paste(javaScript())).toMatchObject(right);
      await cli.until("stderr", /"protocol":"HTTP\/2","operation":"InvokeModelWithResponseStream"/u);
      expect(await paste(python(context))).toMatchObject(right);
      await cli.until("stderr", /"protocol":"HTTP\/1.1","operation":"InvokeModelWithResponseStream"/u);

      const untrusting = await paste(javaScript(), "unset NODE_EXTRA_CA_CERTS");
      expect(untrusting.code).not.toBe(0);
      expect(untrusting.stderr).toMatch(/self-signed certificate/u);
      expect(cli.stderr).not.toMatch(/"level":[56]0/u);
      expect(await (await fetch(`${url.replace("https", "http")}/health`)).json()).toMatchObject({
        status: "ready",
      });
    } finally {
      cli.child.kill("SIGTERM");
    }
    expect(await cli.ended).toBe(0);
  });
});
