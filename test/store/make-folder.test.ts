import { chmod, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { ensureLlamaCppRuntime } from "../../src/engine/index.js";
import { ensureModelFile } from "../../src/models/index.js";
import { changeSettings, makeFolder, makeFolderSync, makeRoom, withLock } from "../../src/store/index.js";
import { changeKeyFile } from "../../src/server/access/key-file.js";
import { selfSignedCertificate } from "../../src/server/reach/self-signed-certificate.js";
import { tinyEntry, tinyModel } from "../models/support/hub-server.js";
import { emptyFolder } from "../support/folder.js";
import { mountedFolder } from "../support/mount.js";
import { needsPosix } from "../support/platform.js";
import { runCli } from "../support/run-cli.js";

/** The message of whoever can't write to a folder. */
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing went wrong",
    (error: unknown) => (error as Error).message,
  );

describe("a folder", () => {
  test("is made with those above it, and may be there", async () => {
    const home = await emptyFolder();
    for (const path of ["a/b/c", "a/b/c", "a/b"]) await makeFolder(join(home, path));
    makeFolderSync(join(home, "a/b/c"));
    makeFolderSync(join(home, "d/e"), { mode: 0o700 });
    await makeFolder(join(home, "f/g"), { mode: 0o700 });
    expect((await readdir(home)).sort()).toEqual(["a", "d", "f"]);
    for (const name of process.platform === "win32" ? [] : ["d", "d/e", "f", "f/g"])
      expect((await stat(join(home, name))).mode & 0o777, name).toBe(0o700);
  });

  test("is made once by many at once", async () => {
    const home = await emptyFolder();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => makeFolder(join(home, "a/b/c", String(index % 5)))),
    );
    expect(await readdir(join(home, "a/b/c"))).toHaveLength(5);
  });

  test.for([
    ["file", "something else has that name", "EEXIST"],
    ["file/below", "there is a file where a folder should be", "ENOTDIR"],
    ["file/far/below", "there is a file where a folder should be", "ENOTDIR"],
  ] as const)("isn't made where a file is: %s", async ([path, why, code]) => {
    const home = await emptyFolder();
    await writeFile(join(home, "file"), "");
    const said = await messageOf(makeFolder(join(home, path)));
    expect(said).toContain(`Can't write to ${join(home, path)}: ${why} (${code}). Set CRIA_HOME`);
    expect(() => makeFolderSync(join(home, path))).toThrow(expect.objectContaining({ code }));
  });

  test("isn't made through a link that leads nowhere", async (context) => {
    needsPosix(context, "links need a privilege on Windows");
    const home = await emptyFolder();
    await symlink(join(home, "nowhere"), join(home, "link"));
    expect(await messageOf(makeFolder(join(home, "link/below")))).toMatch(/EEXIST.*Set CRIA_HOME/u);
  });

  test("isn't made where the system makes none, and says so at once", async ({ skip }) => {
    skip(process.platform !== "linux", "only Linux has /proc");
    expect(await messageOf(makeFolder("/proc/cria/below"))).toMatch(
      /nothing can be created there \(ENOENT\)\. Set CRIA_HOME/u,
    );
    expect(() => makeFolderSync("/proc/cria/below")).toThrow(/ENOENT/u);
  });

  test("isn't made where this user may not write", async (context) => {
    needsPosix(context, "Windows has no such permissions");
    if (process.getuid?.() === 0) context.skip("root may write everywhere");
    const home = await emptyFolder();
    await chmod(home, 0o500);
    expect(await messageOf(makeFolder(join(home, "a/b")))).toMatch(
      /this user may not write there \(EACCES\)\. Set CRIA_HOME/u,
    );
  });

  test("isn't made on a full disk", async (context) => {
    const full = await mountedFolder(context, "nr_inodes=2");
    expect(await messageOf(makeFolder(join(full, "a/b")))).toMatch(/^The disk is full: .*set CRIA_HOME/u);
  });
});

describe("on a read-only file system", () => {
  const file = tinyModel();
  const home = async (context: Parameters<typeof mountedFolder>[0]) =>
    join(await mountedFolder(context, "ro"), "of-mine/cria");

  test.for<readonly [string, (home: string) => Promise<unknown>]>([
    ["makeFolder", (home) => makeFolder(home)],
    ["makeRoom", (home) => makeRoom(home, 1)],
    ["a lock", (home) => withLock(join(home, "a.lock"), () => Promise.resolve())],
    ["the settings", (home) => changeSettings(home, { gpu: "none" })],
    ["the keys", (home) => changeKeyFile(join(home, "keys.json"), (keys) => keys)],
    ["a certificate", (home) => selfSignedCertificate(home, "localhost")],
    ["the engine", (home) => ensureLlamaCppRuntime({ home, env: { CRIA_ENGINE_PACKAGE: "linux-x64" } })],
    [
      "a model",
      (home) => ensureModelFile(tinyEntry(file), { home, env: { HF_ENDPOINT: "http://127.0.0.1:1" } }),
    ],
  ])("%s says that it is read-only, and what to do", async ([, work], context) => {
    const said = await messageOf(work(await home(context)));
    expect(said).toMatch(
      /^Can't write to .*: its file system is read-only \(EROFS\)\. Set CRIA_HOME to a folder that you can write to\.$/u,
    );
  });

  test("a folder that is there is enough for what needn't write", async (context) => {
    await makeFolder(await mountedFolder(context, "ro"));
    makeFolderSync(await mountedFolder(context, "ro"));
  });

  test.for([
    ["setup", "--model", "small"],
    ["keys", "create"],
  ])("`cria %s` says so", async (args, context) => {
    const env = {
      CRIA_HOME: await home(context),
      HF_ENDPOINT: "http://127.0.0.1:1",
      npm_config_registry: "http://127.0.0.1:1",
    };
    const { code, stderr } = await runCli(args, { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/its file system is read-only \(EROFS\)\. Set CRIA_HOME/u);
    expect(stderr).not.toContain("mkdir");
  });
});
