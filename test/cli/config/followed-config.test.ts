import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { checkFile, ConfigFile } from "../../../src/cli/config/index.js";
import type { ChangeableOptions, ServeOptions } from "../../../src/server/index.js";
import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { emptyFolder } from "../../support/folder.js";
import { needsPosix } from "../../support/platform.js";
import { recordingLogger } from "../../server/support/start.js";
import { identity } from "../../server/support/tls.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";
const upstream = (url: string) => `models: { ${MODEL}: { upstream: { url: "${url}" } } }\n`;

/** A server that notes what it is told. */
function noted() {
  const told: ChangeableOptions[] = [];
  const reconfigure = (options: ChangeableOptions) => {
    told.push(options);
    return Promise.resolve();
  };
  return { told, reconfigure };
}

async function follow(file: string, flags: ServeOptions = {}, server = noted()) {
  const { logger, lines } = recordingLogger();
  const config = await ConfigFile.open(file);
  const followed = config.follow({ server, flags, logger });
  onTestFinished(() => followed.stop());
  const messages = () => lines.map(({ msg }) => msg);
  return { followed, told: server.told, lines, messages, logger };
}

/** Longer than the file is looked at twice, on a busy machine. */
const PATIENCE = { timeout: 20_000 };

/** @param others - files beside it, by name */
async function fileWith(text: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await emptyFolder();
  const file = join(folder, "cria.yaml");
  for (const [name, content] of Object.entries(others)) await writeFile(join(folder, name), content);
  await writeFile(file, text);
  return file;
}

test("a file that is written anew, or replaced as editors do, is used", async () => {
  const file = await fileWith(upstream("http://a"));
  const { told } = await follow(file);
  await writeFile(file, upstream("http://b"));
  await expect.poll(() => told, PATIENCE).toMatchObject([{ upstreams: { [MODEL]: { url: "http://b" } } }]);
  await writeFile(`${file}~`, upstream("http://c"));
  await rename(`${file}~`, file);
  await expect.poll(() => told[1], PATIENCE).toMatchObject({ upstreams: { [MODEL]: { url: "http://c" } } });
});

test("so is one whose folder is replaced by a link, as Kubernetes does", async (context) => {
  needsPosix(context, "a user may make no links");
  const folder = await emptyFolder();
  for (const [name, url] of [
    ["v1", "http://a"],
    ["v2", "http://b"],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "cria.yaml"), upstream(url));
  }
  await symlink("v1", join(folder, "..data"));
  await symlink("..data/cria.yaml", join(folder, "cria.yaml"));
  const { told } = await follow(join(folder, "cria.yaml"));
  await symlink("v2", join(folder, "..data_tmp"));
  await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  await rm(join(folder, "v1"), { recursive: true });
  await expect.poll(() => told, PATIENCE).toMatchObject([{ upstreams: { [MODEL]: { url: "http://b" } } }]);
});

test("one that has only been touched isn't read again, and one that is asked for is", async () => {
  const file = await fileWith(upstream("http://a"));
  const { followed, told, messages } = await follow(file);
  await utimes(file, new Date(), new Date(0));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect([told, messages()]).toEqual([[], []]);
  followed.reload();
  await expect.poll(() => told.length, PATIENCE).toBe(1);
  expect(messages()).toEqual(["the configuration was read again, and holds from now on"]);
});

test("with errors nothing changes, and the log has each; mended, it is used", async () => {
  const file = await fileWith(upstream("http://a"));
  const { told, lines } = await follow(file);
  await writeFile(file, "listen: { prot: 1 }\nlimits: { idleMs: 75s }\n");
  await expect.poll(() => lines.length, PATIENCE).toBe(3);
  expect(lines).toMatchObject([
    { level: 50, file, line: 1, column: 11, msg: expect.stringMatching(/no `prot`/u) as string },
    { level: 50, file, line: 2, column: 19, msg: expect.stringMatching(/Write `idleMs: 75000`/u) as string },
    { level: 50, file, msg: expect.stringMatching(/stays as it was/u) as string },
  ]);
  expect(told).toEqual([]);
  await writeFile(file, "limits: { idleMs: 30000 }\n");
  await expect.poll(() => told, PATIENCE).toMatchObject([{ limits: { idleMs: 30_000 }, upstreams: {} }]);
});

test("of many errors the log has the first, and how many more there are", async () => {
  const file = await fileWith(upstream("http://a"));
  const { messages } = await follow(file);
  await writeFile(file, Array.from({ length: 70 }, (_, i) => `k${i}: 1\n`).join(""));
  await expect.poll(() => messages().length, PATIENCE).toBe(52);
  expect(messages()[50]).toBe("There are 20 more.");
});

test("a file that goes is told, and so is a variable that isn't there", async () => {
  const file = await fileWith(upstream("http://a"));
  const { followed, told, messages } = await follow(file);
  await rm(file);
  followed.reload();
  await expect.poll(messages, PATIENCE).toContain("There is no such file. Check the path.");
  await writeFile(file, `models: { ${MODEL}: { upstream: { url: http://a, keyEnv: CRIA_TEST_NONE } } }`);
  await expect
    .poll(messages, PATIENCE)
    .toContain(
      "The variable CRIA_TEST_NONE is empty or not set. Set it where Cria is started, or name another one.",
    );
  expect(told).toEqual([]);
});

test("what a file names may come later than the file, which is told once and used then", async () => {
  const file = await fileWith(upstream("http://a"));
  const { told, messages } = await follow(file);
  await writeFile(file, `models: { ${MODEL}: { upstream: { url: http://b, keyFile: late.key } } }`);
  await expect.poll(() => messages().length, PATIENCE).toBe(2);
  // tried again meanwhile
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(messages()).toHaveLength(2);
  await writeFile(join(file, "..", "late.key"), "sk-late\n");
  await expect.poll(() => told, PATIENCE).toMatchObject([{ upstreams: { [MODEL]: { key: "sk-late" } } }]);
});

test("a file that goes and comes back as it was is told", async () => {
  const file = await fileWith(upstream("http://a"));
  const { messages } = await follow(file);
  await rm(file);
  await expect.poll(messages, PATIENCE).toContain("There is no such file. Check the path.");
  await writeFile(file, upstream("http://a"));
  await expect.poll(() => messages().at(-1), PATIENCE).toMatch(/was read again, and holds/u);
});

test("signals that come while the file is read are one more reading", async () => {
  const file = await fileWith(upstream("http://a"));
  const server = noted();
  const waiting: (() => void)[] = [];
  server.reconfigure = (options) => {
    server.told.push(options);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const { followed, told, messages } = await follow(file, {}, server);
  followed.reload();
  await expect.poll(() => told.length, PATIENCE).toBe(1);
  for (let i = 0; i < 50; i += 1) followed.reload();
  await writeFile(file, upstream("http://b"));
  waiting[0]?.();
  await expect.poll(() => told.length, PATIENCE).toBe(2);
  expect(told[1]).toMatchObject({ upstreams: { [MODEL]: { url: "http://b" } } });
  waiting[1]?.();
  await expect.poll(() => messages().length, PATIENCE).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect([told.length, waiting.length]).toEqual([2, 2]);
});

test("what the server refuses is told with its place", async () => {
  const file = await fileWith("strict: true\n");
  const server = noted();
  server.reconfigure = () =>
    Promise.reject(Object.assign(new Error("not without keys"), { name: "InvalidOriginError", origin: "*" }));
  const { lines } = await follow(file, {}, server);
  await writeFile(file, "allowOrigins:\n  - https://a.example\n  - '*'\n");
  await expect
    .poll(() => lines, PATIENCE)
    .toMatchObject([{ line: 3, column: 5, msg: "not without keys" }, {}]);
});

test("a port that another process has is told at the metrics' port, if it is theirs", async () => {
  const config = await ConfigFile.open(await fileWith("listen: { port: 80 }\nmetrics: { port: 9464 }\n"));
  const used = (port: number, name = "PortInUseError") =>
    config.explain(Object.assign(new Error("no"), { name, port }));
  expect(used(9464)).toMatchObject({ problems: [{ line: 2, column: 18 }] });
  expect(used(80)).toMatchObject({ problems: [{ line: 1, column: 17 }] });
  expect(used(9464, "ListenError")).toMatchObject({ problems: [{ line: 2, column: 18 }] });
  expect(used(80, "ListenError")).toMatchObject({ problems: [{ line: 1, column: 17 }] });
});

test("a renewed certificate is used, and that TLS is on or off isn't changed", async () => {
  const tls = "tls: { certFile: a.crt, keyFile: a.key }";
  const file = await fileWith(`listen: { ${tls} }\n`, { "a.crt": identity.cert, "a.key": identity.key });
  const { told, lines } = await follow(file);
  const renewed = await makeCertificate(["localhost"]);
  // nobody says so: the files are looked at
  for (const [name, content] of Object.entries({ "a.crt": renewed.cert, "a.key": renewed.key })) {
    await writeFile(`${file}~`, content);
    await rename(`${file}~`, join(file, "..", name));
  }
  await expect.poll(() => told[0], PATIENCE).toMatchObject({ tls: renewed });
  expect(lines.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/holds from now on/u));
  for (const [i, other] of ["strict: true", "listen: { tls: self-signed }"].entries()) {
    await writeFile(file, `${other}\n`);
    await expect.poll(() => told.length, PATIENCE).toBe(2 + i);
    await expect
      .poll(() => lines, PATIENCE)
      .toContainEqual(
        expect.objectContaining({ msg: expect.stringMatching(/^listen\.tls can't be changed/u) as string }),
      );
    lines.length = 0;
  }
});

test("a key that is exchanged in its file is used, and one of a file that is no longer named isn't looked at", async () => {
  const one = (keyFile: string) =>
    `models: { ${MODEL}: { upstream: { url: "http://a", keyFile: ${keyFile} } } }\n`;
  const file = await fileWith(one("one"), { one: "sk-1", two: "sk-2" });
  const { told } = await follow(file);
  const keys = () =>
    told.map(({ upstreams }) => (upstreams?.[MODEL] as { readonly key?: string } | undefined)?.key);
  await writeFile(join(file, "..", "one"), "sk-11");
  await expect.poll(keys, PATIENCE).toEqual(["sk-11"]);
  await writeFile(file, one("two"));
  await expect.poll(keys, PATIENCE).toEqual(["sk-11", "sk-2"]);
  await writeFile(join(file, "..", "one"), "sk-12");
  await writeFile(join(file, "..", "two"), "sk-22");
  await expect.poll(keys, PATIENCE).toEqual(["sk-11", "sk-2", "sk-22"]);
});

test("a key that is exchanged while the server starts is used", async () => {
  const text = `models: { ${MODEL}: { upstream: { url: "http://a", keyFile: key } } }\n`;
  const file = await fileWith(text, { key: "sk-1" });
  const config = await ConfigFile.open(file);
  // longer than a clock's tick
  await new Promise((resolve) => setTimeout(resolve, 50));
  await writeFile(join(file, "..", "key"), "sk-2");
  const { told, reconfigure } = noted();
  const { logger } = recordingLogger();
  const followed = config.follow({ server: { reconfigure }, flags: {}, logger });
  onTestFinished(() => followed.stop());
  await expect.poll(() => told, PATIENCE).toMatchObject([{ upstreams: { [MODEL]: { key: "sk-2" } } }]);
});

test("what can't be changed is told and left, and the rest is used", async () => {
  const file = await fileWith("listen: { port: 80 }\n");
  const { told, lines } = await follow(file);
  await writeFile(file, "strict: true\nlisten: { port: 81 }\nlimits: { headerBytes: 2048 }\nthreads: 2\n");
  await expect.poll(() => told, PATIENCE).toMatchObject([{ strict: true }]);
  await expect.poll(() => lines.length, PATIENCE).toBe(4);
  expect(lines.slice(0, 3)).toMatchObject([
    {
      level: 40,
      line: 2,
      column: 11,
      msg: expect.stringMatching(/^listen\.port can't be changed/u) as string,
    },
    { level: 40, line: 4, msg: expect.stringMatching(/^threads can't/u) as string },
    { level: 40, line: 3, msg: expect.stringMatching(/^limits\.headerBytes can't/u) as string },
  ]);
});

test("the level of the log changes, and comes back", async () => {
  const file = await fileWith("");
  const { logger } = await follow(file);
  await writeFile(file, "log: { level: error }\n");
  await expect.poll(() => logger.level, PATIENCE).toBe("error");
  await writeFile(file, "strict: true\n");
  await expect.poll(() => logger.level, PATIENCE).toBe("info");
});

test("the command line wins: a model, an ARN and a limit by itself, a list as a whole", async () => {
  const other = "meta.llama3-8b-instruct-v1:0";
  const arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/a1";
  const file = await fileWith(
    [
      `models: { us.${MODEL}: { upstream: { url: http://a } }, ${other}: { upstream: { url: http://b } } }`,
      `modelMap: { "${arn}": ${MODEL} }`,
      "limits: { requests: 5, connections: 6 }",
      "allowHosts: [a.example]",
      "keysFile: keys.json",
    ].join("\n"),
  );
  const config = await ConfigFile.open(file);
  const told: string[] = [];
  const options = config.optionsWith(
    {
      upstreams: { [MODEL]: { url: "http://c" } },
      limits: { requests: 7 },
      allowHosts: ["b.example"],
      auth: "none",
    },
    (line) => told.push(line),
  );
  expect(options).toMatchObject({
    upstreams: { [MODEL]: { url: "http://c" }, [other]: { url: "http://b" } },
    modelMap: { [arn]: MODEL },
    limits: { requests: 7, connections: 6 },
    allowHosts: ["b.example"],
    auth: "none",
  });
  expect(Object.keys(options.upstreams ?? {})).toHaveLength(2);
  expect(options.keysFile).toBeUndefined();
  expect(told).toEqual([`the command line wins over ${file}: auth, allowHosts, limits.requests`]);
});

const isNotThere = (path: string) =>
  `${path} isn't there. Create it, or correct the path: a relative one starts at the folder of the configuration file.`;

test("keys and certificates are read from what the file names, relative to its folder", async () => {
  const file = await fileWith(
    [
      "listen: { tls: { certFile: a.crt, keyFile: a.key } }",
      "keysFile: keys.json",
      `models: { ${MODEL}: { upstreams: [{ url: http://a, keyFile: key, caFile: a.crt }, { bedrock: us-west-2 }] } }`,
      "memoryBudget: 2.5GB",
      "metrics: false",
    ].join("\n"),
  );
  const folder = join(file, "..");
  await expect(ConfigFile.open(file)).rejects.toMatchObject({
    name: "ConfigError",
    problems: [
      { line: 1, column: 28, message: isNotThere(join(folder, "a.crt")) },
      { line: 1, column: 44, message: isNotThere(join(folder, "a.key")) },
      { line: 3, message: isNotThere(join(folder, "key")) },
      { line: 3, message: isNotThere(join(folder, "a.crt")) },
    ],
  });
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };
  await write({ "a.crt": "<html>", "a.key": identity.key, key: "sk-1\n" });
  await expect(ConfigFile.open(file)).rejects.toMatchObject({
    problems: [{ line: 3, message: expect.stringMatching(/a\.crt has no certificate in PEM/u) as string }],
  });
  const found = await checkFile(file);
  const ofTls = expect.stringMatching(/there is no certificate in PEM/u) as string;
  expect(found).toContainEqual(expect.objectContaining({ line: 1, column: 16, message: ofTls }));
  await write({ "a.crt": identity.cert });
  expect((await ConfigFile.open(file)).optionsWith({}, () => undefined)).toEqual({
    auth: "keys",
    keysFile: join(folder, "keys.json"),
    tls: identity,
    upstreams: {
      [MODEL]: [{ url: "http://a", key: "sk-1", caFile: join(folder, "a.crt") }, { bedrock: "us-west-2" }],
    },
    memoryBudget: 2_500_000_000,
    modelMap: {},
    limits: {},
  });
  await writeFile(join(folder, "key"), "two words");
  await expect(ConfigFile.open(file)).rejects.toMatchObject({
    problems: [
      {
        message: `${join(folder, "key")} must hold the key and nothing else: visible characters of ASCII, without spaces.`,
      },
    ],
  });
});
