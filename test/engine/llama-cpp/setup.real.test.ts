import { cp, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test, type TestContext } from "vitest";

import { createLlamaCppEngine, ensureLlamaCppRuntime } from "../../../src/engine/index.js";
import { askDevices } from "../../../src/engine/llama-cpp/parent/index.js";
import { changeSettings, readSettings } from "../../../src/store/index.js";
import { needsEngine } from "../../support/engine.js";
import { emptyFolder } from "../../support/folder.js";
import { tinyModel } from "../../support/gguf/tiny-model.js";
import { testHome } from "../../support/home.js";

/** The build for the processor, and that for Vulkan. */
const PROCESSOR = process.platform === "win32" ? "win-x64" : "linux-x64";
const VULKAN = `${PROCESSOR}-vulkan`;

function needsX64(context: TestContext): void {
  if (process.arch !== "x64" || process.platform === "darwin")
    context.skip("only Linux and Windows on x64 have more than one build");
}

/** A home with the engine's real files under another build's name, to be broken. */
async function homeWith(build: string): Promise<{ home: string; addon: string; packages: string }> {
  const home = await emptyFolder();
  const { directory, addon, build: own } = await ensureLlamaCppRuntime({ home: testHome() });
  const there = join(home, "engine", `${directory.split(/[\\/]/u).at(-1)?.replace(own, "") ?? ""}${build}`);
  await mkdir(join(there, "node_modules/@node-llama-cpp", build, "bins"), { recursive: true });
  const main = join(there, "node_modules/node-llama-cpp/dist");
  await mkdir(main, { recursive: true });
  await writeFile(join(main, "../package.json"), '{ "type": "module" }');
  // it can't load this build, and doesn't say why
  await writeFile(
    join(main, "index.js"),
    'export const LlamaLogLevel = { warn: "warn" }; export const getLlama = () => Promise.reject(new Error("no"));',
  );
  const bins = join(there, "node_modules/@node-llama-cpp", build, "bins", build);
  await cp(dirname(addon), bins, { recursive: true });
  return { home, addon: join(bins, "llama-addon.node"), packages: join(there, "node_modules") };
}

describe("an engine that can't be loaded says why", () => {
  test.for<[string, (addon: string) => Promise<void>, RegExp]>([
    ["its addon is cut", (addon) => truncate(addon, 300_000), /damaged/u],
    [
      "a library that its addon needs is missing",
      (addon) => rm(join(dirname(addon), "libllama.v0.4.0.so")),
      /libllama\S*\.so\S* was not found/u,
    ],
    [
      "its addon is a text",
      (addon) => writeFile(addon, "no library"),
      /damaged, or built for another processor/u,
    ],
  ])("%s", async ([, spoil, said], context) => {
    needsEngine(context);
    if (process.platform !== "linux" || process.arch !== "x64")
      context.skip("the loader's texts are those of Linux");
    const { home, addon } = await homeWith("linux-x64");
    await spoil(addon);
    const env = { CRIA_ENGINE_PACKAGE: "linux-x64" };
    const runtime = await ensureLlamaCppRuntime({ home, env });
    expect(await askDevices({ addonFile: addon, gpu: false })).toMatch(said);
    await using engine = createLlamaCppEngine({
      files: async () => ({ runtime, modelFile: await tinyModel("llama-2") }),
    });
    await expect(engine.model()).rejects.toThrow(said);
    await expect(engine.model()).rejects.toThrow(
      /^The engine \(linux-x64\) can't be loaded: .*`cria setup`/u,
    );
  });
});

test("a build for a GPU that lacks a package says so, and doesn't blame the model", async (context) => {
  needsEngine(context);
  needsX64(context);
  const { home, packages } = await homeWith(VULKAN);
  await rm(join(packages, "node-llama-cpp"), { recursive: true });
  await mkdir(join(packages, "node-llama-cpp/dist"), { recursive: true });
  await writeFile(join(packages, "node-llama-cpp/package.json"), '{ "type": "module" }');
  await writeFile(join(packages, "node-llama-cpp/dist/index.js"), 'import "no-such-package";');
  await changeSettings(home, { gpu: "vulkan", build: VULKAN });
  await using engine = createLlamaCppEngine({
    files: async () => ({
      runtime: await ensureLlamaCppRuntime({ home, env: {} }),
      modelFile: await tinyModel("llama-2"),
    }),
  });
  await expect(engine.model()).rejects.toThrow(
    /^The engine \(\w+-x64-vulkan\) can't be loaded: the installation is incomplete, or damaged \(.*no-such-package/u,
  );
});

test("a build that was chosen by itself and can't be loaded gives way to the processor's, once, and for good", async (context) => {
  needsEngine(context);
  needsX64(context);
  // the processor's addon in the place of Vulkan's: it loads, but has no part for Vulkan
  const { home } = await homeWith(VULKAN);
  await cp(join(testHome(), "engine"), join(home, "engine"), { recursive: true, verbatimSymlinks: true });
  await changeSettings(home, { build: VULKAN });
  const notices: string[] = [];
  const builds: string[] = [];
  await using engine = createLlamaCppEngine({
    files: async () => {
      const runtime = await ensureLlamaCppRuntime({ home, env: {}, onNotice: (text) => notices.push(text) });
      builds.push(runtime.build);
      return { runtime, modelFile: await tinyModel("llama-2") };
    },
    sequences: 1,
    contextSize: 256,
    threads: 1,
  });
  await engine.model();
  expect(builds).toEqual([VULKAN, PROCESSOR]);
  expect(notices).toEqual([
    expect.stringMatching(
      new RegExp(`${VULKAN} can't be used here: .*From now on the processor computes`, "u"),
    ),
  ]);
  expect(await readSettings(home)).toEqual({ build: PROCESSOR });
});

test("a build that the user chose doesn't give way", async (context) => {
  needsEngine(context);
  needsX64(context);
  const { home } = await homeWith(VULKAN);
  await changeSettings(home, { gpu: "vulkan", build: VULKAN });
  await using engine = createLlamaCppEngine({
    files: async () => ({
      runtime: await ensureLlamaCppRuntime({ home, env: {} }),
      modelFile: await tinyModel("llama-2"),
    }),
  });
  await expect(engine.model()).rejects.toThrow(
    new RegExp(`${VULKAN}\\) can't be loaded: .*\`cria setup --gpu none\``, "u"),
  );
});

test("a home keeps the build that it has, until it's set up", async (context) => {
  needsEngine(context);
  needsX64(context);
  const { home } = await homeWith(PROCESSOR);
  const { build, why } = await ensureLlamaCppRuntime({ home, env: {} });
  expect([build, why]).toEqual([PROCESSOR, expect.stringContaining("before there was a choice")]);
  await expect(readFile(join(home, "settings.json"))).rejects.toThrow("ENOENT");
});

test("a setting that is none is told with those that are", async () => {
  const home = await emptyFolder();
  await changeSettings(home, { gpu: "nonsense" });
  await expect(ensureLlamaCppRuntime({ home, env: {} })).rejects.toThrow(
    /settings\.json has the "gpu" "nonsense"; it can be auto, vulkan, cuda, none/u,
  );
});
