import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { serve } from "../../../src/server/index.js";
import { clearedVariables, environmentFor } from "../../../src/server/reach/environment.js";
import { type Surrounding, fileKeys, variables } from "../../../src/server/reach/surroundings.js";
import { emptyFolder } from "../../support/folder.js";

const engine = createScriptedEngine({ script: { tokens: [] } });
const url = "http://127.0.0.1:2742";
const open = { url, auth: "none", trust: undefined } as const;
const closed = { url, auth: "keys", trust: undefined } as const;

/** A home without AWS' shared files, and Cria's folder. */
let home = "";
const before = process.env["CRIA_HOME"];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cria-test-"));
  process.env["CRIA_HOME"] = join(home, "cria");
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  if (before === undefined) delete process.env["CRIA_HOME"];
  else process.env["CRIA_HOME"] = before;
});

/** What each variable that is set to something else becomes. */
const SET: Readonly<Record<string, RegExp>> = {
  AWS_REGION: /^preset$/u,
  AWS_DEFAULT_REGION: /^preset$/u,
  NO_PROXY: /^preset,127\.0\.0\.1,localhost$/u,
  no_proxy: /^preset,127\.0\.0\.1,localhost$/u,
  AWS_ACCESS_KEY_ID: /^cria$/u,
  AWS_SECRET_ACCESS_KEY: /^cria$/u,
  AWS_CONFIG_FILE: /config-[0-9a-f]+$/u,
  AWS_SHARED_CREDENTIALS_FILE: /credentials-[0-9a-f]+$/u,
};

const rows = (all: readonly Surrounding[]) => all.map((row) => [row.name, row] as const);

describe("what is known of the surroundings", () => {
  it("has each name once", () => {
    for (const all of [variables, fileKeys])
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(rows(variables))("%s is treated as its row says", (name, { does }) => {
    const value = environmentFor(open, { HOME: home, [name]: "preset" })[name];
    const unset = environmentFor(open, { HOME: home })[name];
    expect(clearedVariables("none").has(name)).toBe(["cleared", "source", "credential"].includes(does));
    if (does === "endpoint") expect([value, unset]).toEqual([url, url]);
    else if (does === "set") expect(value).toMatch(SET[name] ?? /never/u);
    else if (does === "left") expect([value, unset]).toEqual(["preset", undefined]);
    else expect([value, unset]).toEqual([undefined, undefined]);
  });

  it.each(rows(variables))("%s stays with credentials that are kept, if it must", (name, { does, kept }) => {
    const value = environmentFor(open, { HOME: home, [name]: "preset" }, { keepCredentials: true })[name];
    if (does === "endpoint") expect(value).toBe(url);
    else if (name === "AWS_BEARER_TOKEN_BEDROCK" || does === "cleared") expect(value).toBe(kept);
    else if (/^no_proxy$/iu.test(name)) expect(value).toMatch(SET[name] ?? /never/u);
    else expect(value).toBe("preset");
  });

  it.each(rows(variables))(
    "%s stays where callers need a key, if a key of Cria's can be in it",
    (name, { does }) => {
      const value = environmentFor(closed, { HOME: home, [name]: "preset" })[name];
      if (does === "credential" || /^AWS_(?:SECRET_)?ACCESS_KEY(?:_ID)?$/u.test(name)) {
        expect(value).toBe(does === "source" ? undefined : "preset");
        const own = { CRIA_ACCESS_KEY_ID: "id", CRIA_SECRET_ACCESS_KEY: "secret" };
        // a real token beside Cria's key would be neither
        expect(environmentFor(closed, { ...own, [name]: "preset" })[name]).not.toBe("preset");
      } else if (does === "cleared" || does === "source") expect(value).toBeUndefined();
    },
  );

  it.each(rows(fileKeys))(
    "the key %s of a shared file is treated as its row says",
    async (name, { does }) => {
      const folder = await emptyFolder();
      await mkdir(join(folder, ".aws"));
      await writeFile(join(folder, ".aws", "config"), `[profile work]\n${name} = REAL\n`);
      await writeFile(join(folder, ".aws", "credentials"), `[other]\n${name} = REAL\n`);
      const env = environmentFor(open, { HOME: folder });
      const text = await sharedFiles(env);
      expect(text).not.toContain("REAL");
      expect(new RegExp(`^${name} = `, "mu").test(text)).toBe(does === "set");
      expect(text).toMatch(/^\[profile work\]$/mu);
      expect(text).toMatch(/^\[other\]$/mu);
    },
  );
});

async function sharedFiles(env: NodeJS.ProcessEnv): Promise<string> {
  const paths = [env["AWS_CONFIG_FILE"] ?? "", env["AWS_SHARED_CREDENTIALS_FILE"] ?? ""];
  return (await Promise.all(paths.map((path) => readFile(path, "utf8")))).join("\n");
}

describe("the environment for a program", () => {
  it("has the endpoint for every SDK, and no real credentials", async () => {
    await using server = await serve({ engine });
    const env = server.env({
      HOME: home,
      PATH: "/bin",
      EMPTY: "",
      AWS_PROFILE: "work",
      AWS_SESSION_TOKEN: "real",
      AWS_SECRET_ACCESS_KEY: "real",
      no_proxy: "intranet, localhost",
    });
    expect(env).toMatchObject({
      PATH: "/bin",
      EMPTY: "",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: server.url,
      ANTHROPIC_BEDROCK_BASE_URL: server.url,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      NO_PROXY: "intranet,localhost,127.0.0.1",
      no_proxy: "intranet,localhost,127.0.0.1",
    });
    expect(Object.values(env)).not.toContain("real");
    expect(await sharedFiles(env)).toContain("[profile work]");
    expect(env).not.toHaveProperty("JAVA_TOOL_OPTIONS");
  });

  it.each([
    [{ AWS_REGION: "eu-west-1" }, "eu-west-1", "eu-west-1"],
    [{ AWS_DEFAULT_REGION: "eu-west-1" }, "eu-west-1", "eu-west-1"],
    [{ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-west-2" }, "eu-west-1", "us-west-2"],
    [{ AWS_REGION: "" }, "us-east-1", "us-east-1"],
  ])("keeps the region of %j", (base, region, defaultRegion) => {
    const env = environmentFor(open, { HOME: home, ...base });
    expect(env).toMatchObject({ AWS_REGION: region, AWS_DEFAULT_REGION: defaultRegion });
  });

  it.each([{ NO_PROXY: "*" }, { no_proxy: "*" }, { NO_PROXY: "a, *", no_proxy: "b" }])(
    "goes on without any proxy for %j",
    (base) => {
      expect(environmentFor(open, { HOME: home, ...base })).toMatchObject({ NO_PROXY: "*", no_proxy: "*" });
    },
  );

  it("uses the key of the CRIA_ variables if callers need one", () => {
    const keys = { CRIA_ACCESS_KEY_ID: "id", CRIA_SECRET_ACCESS_KEY: "secret", CRIA_API_KEY: "" };
    const env = environmentFor(closed, { HOME: home, AWS_SESSION_TOKEN: "real", ...keys });
    expect(env).toMatchObject({
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    });
    expect(env).not.toHaveProperty("AWS_BEARER_TOKEN_BEDROCK");
    expect(env).not.toHaveProperty("AWS_SESSION_TOKEN");
  });

  it("doesn't keep credentials where callers need a key", () => {
    const base = { HOME: home, AWS_PROFILE: "work" };
    expect(environmentFor(closed, base, { keepCredentials: true })).not.toHaveProperty("AWS_PROFILE");
  });

  it("starts from this process's environment by default", async () => {
    await using server = await serve({ engine });
    expect(server.env()["PATH"]).toBe(process.env["PATH"]);
  });
});

describe("the profiles of a program", () => {
  it("are those of the files and variables, and nothing else", async () => {
    const config = join(await emptyFolder(), "config");
    const names = [
      "[default]",
      "[profile a b]",
      "[profile 'quoted']",
      "[sso-session corp]",
      "[services local]",
    ];
    await writeFile(config, `# [comment]\n${names.join("\nregion = x\n")}\n`);
    const env = environmentFor(open, { HOME: home, AWS_CONFIG_FILE: config, AWS_PROFILE: "ci]\nx = y" });
    const text = await sharedFiles(env);
    const profiles = ["a b", "ci", "default", "quoted"];
    expect(text.match(/^\[.*$/gmu)).toEqual([
      ...profiles.map((name) => (name === "default" ? "[default]" : `[profile ${name}]`)),
      ...profiles.map((name) => `[${name}]`),
    ]);
    expect(text).not.toContain("x = y");
    // a program that Cria started may start Cria
    expect(environmentFor(open, { HOME: home, ...env })["AWS_CONFIG_FILE"]).toBe(env["AWS_CONFIG_FILE"]);
  });

  it("are none where they can't be written", async () => {
    const file = join(await emptyFolder(), "file");
    await writeFile(file, "");
    process.env["CRIA_HOME"] = file;
    try {
      expect(environmentFor(open, { HOME: home })["AWS_CONFIG_FILE"]).toBe(devNull);
    } finally {
      process.env["CRIA_HOME"] = join(home, "cria");
    }
  });
});

describe("the options of Java", () => {
  const direct = "127.0.0.1|localhost|127.*|[::1]";
  it.each<[NodeJS.ProcessEnv, readonly string[], NodeJS.ProcessEnv]>([
    [{ JAVA_TOOL_OPTIONS: "-Xmx1g" }, [], { JAVA_TOOL_OPTIONS: "-Xmx1g" }],
    [
      { JAVA_TOOL_OPTIONS: "-Dhttp.proxyHost=p" },
      [],
      { JAVA_TOOL_OPTIONS: `-Dhttp.proxyHost=p -Dhttp.nonProxyHosts=${direct}` },
    ],
    [{ MAVEN_OPTS: "-Dhttps.proxyHost=p" }, [], { JAVA_TOOL_OPTIONS: `-Dhttp.nonProxyHosts=${direct}` }],
    [{}, ["java", "-Dhttp.proxyHost=p", "App"], { JAVA_TOOL_OPTIONS: `-Dhttp.nonProxyHosts=${direct}` }],
    [
      { JAVA_OPTS: "-Dhttp.proxyHost=p -Dhttp.nonProxyHosts='*.corp'" },
      [],
      { JAVA_OPTS: `-Dhttp.proxyHost=p -Dhttp.nonProxyHosts='${direct}|*.corp'` },
    ],
    [
      {
        JDK_JAVA_OPTIONS:
          "-Xmx1g -Daws.accessKeyId=REAL -Daws.endpointUrlBedrockRuntime=https://x -Daws.region=r",
      },
      [],
      { JDK_JAVA_OPTIONS: "-Xmx1g -Daws.region=r" },
    ],
  ])("of %j and %j lead to Cria without a proxy", (base, words, expected) => {
    const env = environmentFor(open, { HOME: home, ...base }, { words });
    expect(env).toMatchObject(expected);
    expect(environmentFor(open, env, { words })).toMatchObject(expected);
  });
});
