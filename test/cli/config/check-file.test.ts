import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, onTestFinished, test, vi } from "vitest";

import { checkFile, ConfigFile } from "../../../src/cli/config/index.js";
import { placedErrors } from "../../../src/cli/config/place-error.js";
import { ConfigError } from "../../../src/config/index.js";
import { serve } from "../../../src/server/index.js";
import {
  roomyVllmPages,
  startCompletionsServer,
} from "../../engine/completions/support/completions-server.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";
import { needsPosix } from "../../support/platform.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";

/** A folder with what the files below name, and without what they name in vain. */
async function folderWith(text: string): Promise<string> {
  const folder = await emptyFolder();
  // no keys of whoever runs the tests
  vi.stubEnv("CRIA_HOME", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const file = join(folder, "cria.yaml");
  await writeFile(file, text);
  await mkdir(join(folder, "folder"));
  await writeFile(join(folder, "text"), "text, and more of it");
  await writeFile(join(folder, "open.json"), '{"keys":[]}');
  await chmod(join(folder, "open.json"), 0o644);
  await writeFile(join(folder, "bad.json"), "{", { mode: 0o600 });
  return file;
}

/** What a start with the file ends with. */
async function start(file: string): Promise<unknown> {
  let config: ConfigFile | undefined;
  try {
    config = await ConfigFile.open(file);
    const server = await serve({ port: 0, ...config.optionsWith({}, () => undefined) });
    try {
      await server.ready();
    } finally {
      await server.close({ graceMs: 0 });
    }
  } catch (error) {
    return config?.explain(error) ?? error;
  }
  return undefined;
}

const UPSTREAM = `models: { ${MODEL}: { upstream: { url: "http://127.0.0.1:9/v1" } } }`;

describe("what serve refuses, check finds, at the same place", () => {
  test.each<[string, number, number, RegExp, "posix"?]>([
    ["auth: none\nallowOrigins: ['*']", 2, 16, /ask for keys \(`auth: keys`\)/u],
    ["allowOrigins:\n  - https://a.example\n  - '*'", 3, 5, /every page that you visit could call/u],
    ["allowOrigins: ['https://a', 'https://a:99999']", 1, 29, /a scheme, a host and perhaps a port/u],
    ["allowHosts: [a.example, -a]", 1, 25, /isn't the name of a host/u],
    ["allowHosts: ['1:2']", 1, 14, /isn't the name of a host/u],
    ["strict: true\nlisten: { host: '1:2:3' }", 2, 17, /isn't an address or the name of a host/u],
    ["metrics: { host: '1:2:3', port: 0 }", 1, 18, /isn't an address or the name of a host/u],
    ["auth: keys", 1, 7, /Callers need a key.*To accept callers without a key, use `auth: none`\.$/su],
    ["listen: { host: 0.0.0.0 }", 1, 17, /Callers need a key/u],
    ["metrics: { auth: keys }", 1, 18, /Callers need a key/u],
    ["auth: none\nmetrics: { auth: keys }", 2, 18, /Callers need a key/u],
    [
      "keysFile: nope.json",
      1,
      11,
      /nope\.json isn't there\. Create it, or .*`cria keys create --keys-file .*nope\.json`/u,
    ],
    ["keysFile: folder", 1, 11, /folder is a folder\. Name the file in it\./u],
    ["keysFile: open.json", 1, 11, /other users can read or write it; run `chmod 600 /u, "posix"],
    ["keysFile: bad.json", 1, 11, /line 1 isn't valid JSON/u],
    ["modelFile: nope.gguf", 1, 12, /nope\.gguf doesn't exist\. Check the path/u],
    [`as: ${MODEL}\nmodelFile: nope.gguf`, 2, 12, /nope\.gguf doesn't exist/u],
    ["modelFile: folder", 1, 12, /folder is a folder\. Name the \.gguf file in it/u],
    ["modelFile: text", 1, 12, /is not a GGUF file/u],
    ["listen: { tls: { certFile: text, keyFile: text } }", 1, 16, /no certificate in PEM/u],
    ["listen: { tls: { certFile: folder, keyFile: text } }", 1, 28, /folder is a folder/u],
    [
      UPSTREAM.replace("9/v1", '9/v1", caFile: "text'),
      1,
      96,
      /text has no certificate in PEM.*in PEM, or name another/u,
    ],
    [UPSTREAM.replace("9/v1", '9/v1", keyFile: "text'), 1, 97, /text must hold the key and nothing else/u],
    [
      UPSTREAM.replace("9/v1", '9/v1", keyFile: "nope'),
      1,
      97,
      /nope isn't there\. Create it, or correct the path/u,
    ],
    [
      UPSTREAM.replace("9/v1", '9/v1", keyEnv: "CRIA_TEST_NONE'),
      1,
      96,
      /CRIA_TEST_NONE is empty or not set\. Set it/u,
    ],
  ])("%j", async (text, line, column, words, only) => {
    if (only === "posix" && process.platform === "win32") return;
    const file = await folderWith(text);
    const there = { line, column, message: expect.stringMatching(words) as string };
    const found = await checkFile(file);
    expect(found).toEqual([expect.objectContaining(there)]);
    const refused = await start(file);
    expect(refused).toBeInstanceOf(ConfigError);
    expect((refused as ConfigError).problems).toMatchObject([{ line, column }]);
  });

  test("a start tells all of it at once too", async () => {
    const file = await folderWith("auth: none\nallowOrigins: ['*']\nallowHosts: [-a]\nmodelFile: text\n");
    const refused = await start(file);
    expect(refused).toMatchObject({ problems: [{ line: 2 }, { line: 3 }, { line: 4 }] });
    expect((await checkFile(file)).map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  test("but not what the command line replaces, or a command doesn't use", async () => {
    const file = await folderWith("allowOrigins: ['*']\nmodelFile: text\nkeysFile: nope.json\n");
    const config = await ConfigFile.open(file);
    config.optionsWith({ modelFile: "other.gguf", auth: "none" }, () => undefined);
    const error = Object.assign(new Error("no"), { name: "InvalidOriginError", origin: "*" });
    expect(config.explain(error)).toMatchObject({ problems: [{ line: 1 }] });
    const ofModel = Object.assign(new Error("no"), { name: "ModelFileError" });
    expect(config.explain(ofModel)).toBe(ofModel);
    const forOne = await ConfigFile.open(file, ["allowOrigins", "keysFile", "auth"]);
    expect(forOne.explain(ofModel)).toMatchObject({ problems: [{ line: 2 }] });
  });

  test("what isn't here is only a warning: the file may be for another machine", async () => {
    const file = await folderWith(
      `keysFile: nope.json\nmodelFile: text\n${UPSTREAM.replace("9/v1", '9/v1", keyEnv: "CRIA_TEST_NONE')}`,
    );
    expect((await checkFile(file)).map(({ line, isAbsent }) => [line, isAbsent])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
  });

  test("so is a model's file", async () => {
    const file = await folderWith("modelFile: nope.gguf\n");
    expect(await checkFile(file)).toMatchObject([{ line: 1, column: 12, isAbsent: true }]);
  });

  test("a keysFile that isn't there is told even where keys are in the environment", async () => {
    const file = await folderWith("keysFile: nope.json\n");
    vi.stubEnv("CRIA_API_KEY", "k");
    expect(await checkFile(file)).toMatchObject([{ line: 1, column: 11, isAbsent: true }]);
  });
});

describe("what only a start can find is told with its place", () => {
  test("a port that is in use, the server's or the metrics'", async (context) => {
    needsPosix(context, "two programs may listen on one port");
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect(await start(await folderWith(`${UPSTREAM}\nlisten: { port: ${port} }`))).toMatchObject({
      problems: [{ line: 2, column: 17, message: expect.stringMatching(/is in use/u) as string }],
    });
    expect(await start(await folderWith(`${UPSTREAM}\nmetrics: { port: ${port} }`))).toMatchObject({
      problems: [{ line: 2, column: 18 }],
    });
  });

  test("an address that this machine doesn't have", async () => {
    // documentation's own (RFC 5737)
    expect(await start(await folderWith("auth: none\nlisten: { host: 192.0.2.1 }"))).toMatchObject({
      problems: [{ line: 2, column: 17 }],
    });
  });

  test.each([
    [
      "url: URL, model: other",
      "model",
      "has no model named other. It has meta-llama/Llama-3.3-70B: write `model: meta-llama/Llama-3.3-70B`.",
    ],
    ["url: URL, model: other, dialect: vllm", "model", "has no model named other"],
  ])("the model of an upstream: %s", async (text, key, words) => {
    const upstream = await startCompletionsServer(roomyVllmPages, () => undefined);
    onTestFinished(() => upstream.close());
    const line = `models: { ${MODEL}: { upstream: { ${text.replace("URL", `"${upstream.url}"`)} } } }`;
    const refused = (await start(await folderWith(line))) as ConfigError;
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused.problems).toMatchObject([{ line: 1, column: line.indexOf(`${key}: `) + key.length + 3 }]);
    expect(refused.problems[0]?.message).toContain(words);
  });

  test("memory that doesn't suffice, in the words of the file", async () => {
    const modelFile = await tinyModel("llama-2");
    const refused = await start(
      await folderWith(`memoryBudget: 1KB\nmodelFile: ${JSON.stringify(modelFile)}\n`),
    );
    const message = expect.stringMatching(/needs .* of memory.*; `memoryBudget` sets the limit\./u) as string;
    expect(refused).toMatchObject({ problems: [{ line: 1, column: 15, message }] });
  });

  test("a server with several models, of which none is named", async () => {
    const pages = { ...roomyVllmPages, "/v1/models": { data: [{ id: "a" }, { id: "b" }] } };
    const upstream = await startCompletionsServer(pages, () => undefined);
    onTestFinished(() => upstream.close());
    const line = `models: { ${MODEL}: { upstreams: [{ url: "${upstream.url}" }] } }`;
    const refused = (await start(await folderWith(line))) as ConfigError;
    expect(refused.problems).toMatchObject([{ line: 1, column: line.indexOf('"http') + 1 }]);
    expect(refused.problems[0]?.message).toMatch(
      /has several models: a, b\. Say which one is meant: write `model: a`\./u,
    );
  });
});

/** Errors of `serve()` to which no setting of the file leads. */
const NOT_OF_A_SETTING = [
  // what contradicts itself in a file is found by its check; what a file and the command line say together is neither's alone
  "TypeError",
  // the environment, Cria's folder and the program itself
  ...["KeyEnvironmentError", "RegistryError", "SettingsError", "DiskFullError", "HomeNotWritableError"],
  "UnsupportedRuntimeError",
];

test("every error that serve() throws has its settings, or none", async () => {
  const source = await readFile(new URL("../../../src/server/serve.ts", import.meta.url), "utf8");
  const [, comment = ""] = /\/\*\*(.*?)\*\/\nexport async function serve\(/su.exec(source) ?? [];
  const names = [...comment.matchAll(/(?:@throws |\} )\{(?:@link )?(\w+Error)\}/gu)].map(
    ([, name = ""]) => name,
  );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect([...placedErrors, ...NOT_OF_A_SETTING]).toContain(name);
});
