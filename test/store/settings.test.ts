import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  changeSettings,
  HomeNotWritableError,
  keepChoice,
  readSettings,
  settingsFile,
} from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix } from "../support/platform.js";

test("a change keeps the other settings, and undefined removes one", async () => {
  const home = join(await emptyFolder(), "new");
  expect(await readSettings(home)).toEqual({});
  await changeSettings(home, { model: "small" });
  await changeSettings(home, { gpu: "vulkan" });
  expect(await readSettings(home)).toEqual({ model: "small", gpu: "vulkan" });
  await changeSettings(home, { model: undefined });
  expect(await readSettings(home)).toEqual({ gpu: "vulkan" });
});

test("two changes at once both last", async () => {
  const home = await emptyFolder();
  await Promise.all([changeSettings(home, { model: "a" }), changeSettings(home, { gpu: "none" })]);
  expect(await readSettings(home)).toEqual({ model: "a", gpu: "none" });
});

test.for(["", "{", "[]", "null", '"text"', '{"model":1}', '{"gpu":null}'])(
  "a damaged file is told with what to do, and a change leaves it alone: %s",
  async (text) => {
    const home = await emptyFolder();
    await writeFile(settingsFile(home), text);
    await expect(readSettings(home)).rejects.toThrow(/settings\.json .*Mend it or delete it/u);
    await expect(changeSettings(home, { gpu: "none" })).rejects.toMatchObject({ name: "SettingsError" });
  },
);

test("keys of another version are ignored", async () => {
  const home = await emptyFolder();
  await writeFile(settingsFile(home), '{"later":{"a":1},"model":"x"}');
  expect(await readSettings(home)).toEqual({ model: "x" });
});

test("a choice sees what was set meanwhile", async () => {
  const home = await emptyFolder();
  const choice = keepChoice(home, ({ model = "chosen" }) => ({ model }));
  await Promise.all([changeSettings(home, { model: "wanted" }), choice]);
  await keepChoice(home, ({ model = "chosen again" }) => ({ model }));
  expect((await readSettings(home)).model).toBe("wanted");
});

test("what is so already isn't written", async () => {
  const home = await emptyFolder();
  await changeSettings(home, { model: "a", gpu: undefined });
  const before = await stat(settingsFile(home));
  await changeSettings(home, { model: "a" });
  await changeSettings(home, ({ model = "b" }) => ({ model, build: undefined }));
  expect((await stat(settingsFile(home))).ino).toBe(before.ino);
  await changeSettings(home, { model: undefined });
  expect(await readSettings(home)).toEqual({});
});

test("a choice isn't kept where nothing can be written; what the user says fails", async (context) => {
  needsPosix(context, "On Windows a folder may be moved over a file: the lock can be made there");
  const folder = await emptyFolder();
  // a file in the place of a folder: even root can't write below it, as on a read-only file system
  const home = join(folder, "home");
  await mkdir(home);
  await writeFile(join(home, "settings.json.lock"), "");
  await keepChoice(home, { model: "a" });
  await expect(changeSettings(home, { model: "a" })).rejects.toBeInstanceOf(HomeNotWritableError);
  expect(await readdir(home)).toEqual(["settings.json.lock"]);
});
