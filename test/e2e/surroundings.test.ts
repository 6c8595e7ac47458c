import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { beforeAll, describe, expect, it, type TestContext } from "vitest";

import { installedClient } from "../../scripts/clients/install.mjs";
import { variables } from "../../src/server/reach/surroundings.js";
import { clients as frameworks } from "../clients/clients.mjs";
import { scriptFor } from "../clients/script.mjs";
import { builtExample } from "../support/built-example.js";
import { emptyFolder } from "../support/folder.js";
import { mavenWithJava } from "../support/maven.js";
import { pythonWithBoto3 } from "../support/python.js";
import { plainEnv, start } from "../support/run-cli.js";
import { needsToolchain } from "../support/toolchain.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BIN = fileURLToPath(new URL("../../dist/cria.js", import.meta.url));

/** Text of a real key or token; it must reach no program. */
const REAL = "REALSECRET";
const AMAZON = "https://bedrock-runtime.us-east-1.amazonaws.com";

/** A network of its own that has loopback and nothing else: a call to Amazon, or to its metadata, fails. Only root makes one. */
const ISOLATED = [
  "unshare",
  "-n",
  "sh",
  "-c",
  'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"',
  "sh",
];

let isolated = false;
beforeAll(() => {
  const [command = "", ...args] = ISOLATED;
  isolated =
    process.platform === "linux" &&
    spawnSync(command, [...args, process.execPath, "-e", LOOPBACK]).status === 0;
});

/** Ends well where loopback works, and only it. */
const LOOPBACK = `const net = require("node:net");
const server = net.createServer().listen(0, "127.0.0.1", () => net.connect(server.address().port, "127.0.0.1", () => {
  const out = net.connect(443, "192.0.2.1", () => process.exit(1)).on("error", () => process.exit(0));
}));`;

/** What the person's shell and files have: every variable of the table, set against Cria. */
async function hostile(): Promise<NodeJS.ProcessEnv> {
  const home = await emptyFolder();
  await mkdir(join(home, ".aws"));
  const profile = (header: string) =>
    `[${header}]\naws_access_key_id = ${REAL}\naws_secret_access_key = ${REAL}\nuse_fips_endpoint = true\n` +
    `endpoint_url = ${AMAZON}\ncredential_process = false\nignore_configured_endpoint_urls = true\n`;
  await writeFile(join(home, ".aws", "config"), profile("profile work") + profile("default"));
  await writeFile(join(home, ".aws", "credentials"), profile("work"));
  const token = join(home, "token");
  await writeFile(token, REAL);
  const values: Record<string, string> = {};
  for (const { name, does } of variables) {
    if (does === "endpoint") values[name] = AMAZON;
    else if (does === "source" || does === "credential") values[name] = REAL;
  }
  return {
    ...values,
    HOME: home,
    CRIA_HOME: join(home, "cria"),
    AWS_ACCESS_KEY_ID: REAL,
    AWS_SECRET_ACCESS_KEY: REAL,
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9/",
    AWS_PROFILE: "work",
    AWS_DEFAULT_PROFILE: "work",
    AWS_PROFILE_NAME: "work",
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    AWS_USE_FIPS_ENDPOINT: "true",
    AWS_USE_DUALSTACK_ENDPOINT: "true",
    AWS_ACCOUNT_ID_ENDPOINT_MODE: "required",
    AWS_AUTH_SCHEME_PREFERENCE: "httpBearerAuth",
    AWS_WEB_IDENTITY_TOKEN_FILE: token,
    AWS_ROLE_ARN: `arn:aws:iam::123456789012:role/${REAL}`,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/real",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
    AWS_CREDENTIAL_EXPIRATION: "2020-01-01T00:00:00Z",
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
    ALL_PROXY: "http://127.0.0.1:9",
    JAVA_TOOL_OPTIONS: `-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=9 -Daws.accessKeyId=${REAL}`,
  };
}

/** How a program runs, and what the script answers to it. */
interface Program {
  readonly answers?: unknown;
  readonly cwd?: string | undefined;
  readonly more?: NodeJS.ProcessEnv;
}

/** Runs `cria run` in hostile surroundings, without a network. */
async function runThere(
  context: TestContext,
  options: readonly string[],
  words: readonly string[],
  { answers = { tokens: [" Hello", " there"] }, cwd, more = {} }: Program = {},
) {
  if (!isolated) return context.skip("`unshare -n` can't make a network of its own here; on Linux, root can");
  const env = { ...(await hostile()), ...more };
  const script = join(env["HOME"] ?? "", "script.json");
  await writeFile(script, JSON.stringify(answers));
  const [command = "", ...args] = ISOLATED;
  const run = [process.execPath, BIN, "run", "--script", script, ...options, "--", ...words];
  const running = start(command, [...args, ...run], { env: plainEnv(env), cwd });
  running.child.stdin?.end();
  const code = await running.ended;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

const MODEL = "meta.llama3-8b-instruct-v1:0";

const PYTHON = (profile: string) => `import boto3, json
session = boto3.Session(profile_name=${profile})
keys = session.get_credentials()
assert keys.access_key == "cria" and keys.token is None, keys.access_key
answer = session.client("bedrock-runtime").invoke_model(modelId="${MODEL}", body=json.dumps({"prompt": "Hi"}))
print(json.load(answer["body"])["generation"])`;

const JAVASCRIPT = (profile: string) => `
import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient(${profile});
if ((await client.config.credentials()).accessKeyId !== "cria") throw new Error("a real key");
const { body } = await client.send(new InvokeModelCommand({ modelId: "${MODEL}", body: '{"prompt":"Hi"}' }));
console.log(JSON.parse(Buffer.from(body).toString()).generation);`;

const CURL = `curl -sS --fail "$AWS_ENDPOINT_URL_BEDROCK_RUNTIME/model/${MODEL}/invoke" -H 'content-type: application/json' -d '{"prompt":"Hi"}'`;

describe("no call for Bedrock leaves the machine under cria run, and no real key is used", () => {
  const example = (path: string) => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));
  const clients: Record<string, (context: TestContext) => readonly string[]> = {
    "the JavaScript example": () => [
      process.execPath,
      example("javascript/invoke_model_with_response_stream.js"),
    ],
    "JavaScript with a profile": () => [
      process.execPath,
      "--input-type=module",
      "-e",
      JAVASCRIPT('{ profile: "work" }'),
    ],
    JavaScript: () => [process.execPath, "--input-type=module", "-e", JAVASCRIPT("{}")],
    "the Python example": (context) => [
      pythonWithBoto3(context),
      example("python/invoke_model_with_response_stream.py"),
    ],
    "boto3 with a profile": (context) => [pythonWithBoto3(context), "-c", PYTHON('"work"')],
    boto3: (context) => [pythonWithBoto3(context), "-c", PYTHON("None")],
    "the Java example": (context) => [
      ...mavenWithJava(context),
      "-q",
      "-B",
      // its packages are there once it has run with a network
      "--offline",
      "-f",
      "examples/java",
      "compile",
      "exec:java",
    ],
    "the Go example": (context) => [builtExample(context, "go")],
    "the Rust example": (context) => [builtExample(context, "rust")],
    "the .NET example": (context) => {
      needsToolchain(context, "dotnet");
      // built with a network, before
      return ["dotnet", "run", "--no-build", "--project", example("dotnet")];
    },
    curl: () => ["sh", "-c", CURL],
  };
  const forms = [[], ["--tls"]] as const;

  it.for(Object.keys(clients).flatMap((name) => forms.map((form) => [name, form] as const)))(
    "%s %j",
    async ([name, form], context) => {
      const words = clients[name]?.(context) ?? [];
      const ran = await runThere(context, form, words);
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Hello there") as string });
    },
  );

  it.for(frameworks)("the client $name", { timeout: 300_000 }, async (client, context) => {
    const installed = installedClient(ROOT, client, {});
    if ("why" in installed) return context.skip(installed.why);
    const { command, cwd, env } = installed;
    // a framework that fails over the answer has got one, and there is no other server
    const fault = /`(\w+Error)`/u.exec(client.faults?.["plain"] ?? "")?.[1];
    const outcome =
      fault === undefined
        ? { result: client.plain ?? "works" }
        : { detail: expect.stringContaining(fault) as string };
    const options = ["--as", "meta.llama3-3-70b-instruct-v1:0"];
    const program = { answers: scriptFor(client), cwd, more: env };
    const { stdout, stderr } = await runThere(context, options, [...command, "plain"], program);
    const results = stdout
      .split("\n")
      .filter((line) => line.startsWith('{"client"'))
      .map((line) => JSON.parse(line) as { case: string; result: string });
    expect(results, stderr.slice(-2_000)).toEqual([expect.objectContaining({ case: "plain", ...outcome })]);
  });

  it.for(forms.map((form) => [form] as const))("PHP's curl %j", async ([form], context) => {
    const has = spawnSync("php", ["-r", "exit(function_exists('curl_init') ? 0 : 1);"]).status === 0;
    if (!has) return context.skip("there is no PHP with curl");
    const code = `$c = curl_init(getenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME") . "/health");
      exit(curl_exec($c) === false ? 1 : 0);`;
    const ran = await runThere(context, form, ["php", "-r", code]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("ready") as string });
  });

  it.for(forms.map((form) => [form] as const))(
    "no variable or file of the program has a real key %j",
    async ([form], context) => {
      const show = `env; cat "$AWS_CONFIG_FILE" "$AWS_SHARED_CREDENTIALS_FILE"`;
      const ran = await runThere(context, form, ["sh", "-c", show]);
      expect(ran.stdout).toContain("[profile work]");
      expect(ran.stdout).not.toContain(REAL);
      expect(ran.stdout).not.toContain("amazonaws.com");
    },
  );

  it("the credentials that the program keeps are there, and its call goes to Cria", async (context) => {
    const ran = await runThere(
      context,
      ["--keep-credentials"],
      [
        "sh",
        "-c",
        `${CURL}; echo; echo "$AWS_ACCESS_KEY_ID $AWS_PROFILE $AWS_USE_FIPS_ENDPOINT $AWS_BEARER_TOKEN_BEDROCK."`,
      ],
    );
    expect(ran.stdout).toContain("Hello there");
    expect(ran.stdout).toContain(`${REAL} work false .`);
  });

  it("an operation that Cria lacks is one line on stderr", async (context) => {
    const twice = `for i in 1 2; do curl -s "$AWS_ENDPOINT_URL_BEDROCK/guardrails"; done`;
    const ran = await runThere(context, [], ["sh", "-c", twice]);
    expect(ran.stderr.match(/ListGuardrails/gu)).toHaveLength(1);
  });
});
