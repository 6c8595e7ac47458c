import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { changeSettings, readSettings, settingsFile } from "../../src/store/index.js";
import { emptyFolder } from "../support/folder.js";

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
