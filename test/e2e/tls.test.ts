import { describe, expect, it, type TestContext } from "vitest";

import { builtExample } from "../support/built-example.js";
import { expectExampleStreams } from "../support/expect-example-streams.js";
import { emptyFolder } from "../support/folder.js";
import { mavenWithJava } from "../support/maven.js";
import { pythonWithBoto3 } from "../support/python.js";
import { TERMINATED } from "../support/platform.js";
import { runCli } from "../support/run-cli.js";
import { type Serving, startServing } from "../support/serving.js";
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
  /** Starts it, and expects a program in a shell with the printed lines to use TLS, and this protocol. */
  async function expectTls(
    command: readonly string[],
    protocol: string,
    more?: (serving: Serving) => Promise<void>,
  ) {
    await using file = await temporaryFile("script.json", script);
    const serving = await startServing(["--tls-self-signed", "--script", file.path], {
      CRIA_HOME: await emptyFolder(),
    });
    const { cli, url, paste } = serving;
    try {
      expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
      expect(await paste(command)).toMatchObject({ code: 0, stdout: " Hello there\n" });
      await cli.until(
        "stderr",
        new RegExp(`"protocol":"${protocol}","operation":"InvokeModelWithResponseStream"`, "u"),
      );
      await more?.(serving);
    } finally {
      cli.child.kill("SIGTERM");
    }
    expect(await cli.ended).toBe(TERMINATED);
  }

  it("prints lines that make the JavaScript example use TLS, and serves plain HTTP too", async () => {
    await expectTls(javaScript(), "HTTP/2", async ({ cli, url, paste }) => {
      const untrusting = await paste(javaScript(), ["NODE_EXTRA_CA_CERTS"]);
      expect(untrusting.code).not.toBe(0);
      expect(untrusting.stderr).toMatch(/self-signed certificate/u);
      expect(cli.stderr).not.toMatch(/"level":[56]0/u);
      expect(await (await fetch(`${url.replace("https", "http")}/health`)).json()).toMatchObject({
        status: "ready",
      });
    });
  });

  it("prints lines that make the Python example use TLS", async (context) => {
    await expectTls(python(context), "HTTP/1.1");
  });
});
