import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { EngineInstallError } from "../../../../src/engine/errors.js";
import { BUILDS, ENGINE_VERSION, needsJavaScript } from "../../../../src/engine/llama-cpp/install/builds.js";
import { projectOf, wholeLock } from "../../../../src/engine/llama-cpp/install/lock.js";
import { buildsFor, installBuild, thisMachine } from "../../../../src/engine/llama-cpp/install/index.js";
import { emptyFolder } from "../../../support/folder.js";
import { type Answer, startRegistry } from "../support/registry.js";

const CHECKSUM = /^sha512-[A-Za-z0-9+/]{86}==$/u;

describe("the lock of the engine's packages", () => {
  test("has a checksum for every package, and no registry", () => {
    const { "": root, ...packages } = wholeLock().packages;
    expect(root?.dependencies).toEqual({ "node-llama-cpp": ENGINE_VERSION });
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    for (const [path, entry] of Object.entries(packages)) {
      expect(entry.integrity, path).toMatch(CHECKSUM);
      expect(entry, path).not.toHaveProperty("resolved");
    }
    expect(JSON.stringify(wholeLock())).not.toMatch(/https?:\/\/(?!.*(?:github|funding|opencollective))/u);
  });

  test("has every build, in the version that is tested", () => {
    const { packages } = wholeLock();
    const builds = [...BUILDS].map((build) => packages[`node_modules/@node-llama-cpp/${build}`]);
    expect(builds.map((each) => each?.version)).toEqual(builds.map(() => ENGINE_VERSION));
    expect(packages["node_modules/node-llama-cpp"]?.version).toBe(ENGINE_VERSION);
    expect(new Set(builds.map((each) => each?.integrity)).size).toBe(BUILDS.size);
  });
});

describe("a project for npm", () => {
  test.for(["linux-x64", "linux-arm64", "linux-armv7l", "mac-x64", "win-x64", "win-arm64"])(
    "is a single package for the processor: %s",
    (build) => {
      const { manifest, lock } = projectOf(build);
      const name = `@node-llama-cpp/${build}`;
      expect(manifest.dependencies).toEqual({ [name]: ENGINE_VERSION });
      expect(Object.keys(lock.packages)).toEqual(["", `node_modules/${name}`]);
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({ optional: false });
    },
  );

  test.for([
    ["mac-arm64-metal", ["mac-arm64-metal"]],
    ["linux-x64-vulkan", ["linux-x64-vulkan"]],
    ["linux-x64-cuda-ext", ["linux-x64-cuda", "linux-x64-cuda-ext"]],
    ["win-x64-cuda-ext", ["win-x64-cuda", "win-x64-cuda-ext"]],
  ] as const)("is node-llama-cpp with all that it needs for a GPU: %s", ([build, builds]) => {
    const { manifest, lock } = projectOf(build);
    const direct = ["node-llama-cpp", ...builds.map((name) => `@node-llama-cpp/${name}`)];
    expect(Object.keys(manifest.dependencies)).toEqual(direct);
    for (const [path, entry] of Object.entries(lock.packages)) {
      if (path !== "") expect(entry.integrity, path).toMatch(CHECKSUM);
    }
    const needed = Object.entries(lock.packages).filter(
      ([path, entry]) => path.startsWith("node_modules/@node-llama-cpp/") && !entry.optional,
    );
    expect(needed.map(([path]) => path)).toEqual(
      builds.map((name) => `node_modules/@node-llama-cpp/${name}`),
    );
  });
});

describe(
  "a package that was changed is refused by npm itself, and nothing of it is kept",
  { timeout: 120_000 },
  () => {
    const builds = buildsFor(thisMachine());
    const gpu = builds.find((build) => needsJavaScript(build)) ?? builds[0];

    test.for<readonly [string, string, Answer]>([
      [builds[0], "whose registry gives the known checksum, and other bytes", "known checksum"],
      [builds[0], "whose registry gives the checksum of the other bytes", "own checksum"],
      [builds[0], "whose registry gives no checksum", "no checksum"],
      [gpu, "among the hundred of a GPU's build", "own checksum"],
      [gpu, "among the hundred of a GPU's build, with the known checksum", "known checksum"],
    ])("%s, %s", async ([build, , answer]) => {
      const home = await emptyFolder();
      const { env, asked } = await startRegistry(wholeLock(), answer);
      const error: unknown = await installBuild(build, { home, env }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EngineInstallError);
      expect((error as Error).message).toMatch(
        /^npm's registry sent (?:@node-llama-cpp\/)?[\w@/.-]+ with the checksum .*, but the one that Cria was tested with has sha512-\S+\. Nothing of it was kept or run\./u,
      );
      expect(asked().length).toBeGreaterThan(0);
      expect(await readdir(join(home, "engine"))).toEqual([]);
    });
  },
);
