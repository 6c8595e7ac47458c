import { access, chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { EngineInstallError, EnginePlatformError } from "../../../../src/engine/errors.js";
import { ENGINE_VERSION } from "../../../../src/engine/llama-cpp/install/builds.js";
import { findNpm, npmEnvironment } from "../../../../src/engine/llama-cpp/install/runtime-npm.js";
import {
  buildByVariable,
  buildsFor,
  type Machine,
  thisMachine,
} from "../../../../src/engine/llama-cpp/install/runtime-platform.js";
import { runtimeOf } from "../../../../src/engine/llama-cpp/install/runtime.js";
import { ensureLlamaCppRuntime } from "../../../../src/engine/llama-cpp/setup/index.js";
import { DiskFullError, type Progress, readSettings, settingsFile } from "../../../../src/store/index.js";
import { emptyFolder } from "../../../support/folder.js";

/** An npm of the test's own: a script that is found as the one Cria was started by. */
async function fakeNpm(script: string): Promise<NodeJS.ProcessEnv> {
  const path = join(await emptyFolder(), "npm-cli.js");
  await writeFile(path, script);
  return { npm_execpath: path, CRIA_ENGINE_PACKAGE: "linux-x64" };
}

/** Does what npm would: the packages of the project appear, beside a note of how npm was called. */
const INSTALLS = `
  const fs = require("fs");
  const write = (folder, file) => {
    fs.mkdirSync("node_modules/" + folder, { recursive: true });
    fs.writeFileSync("node_modules/" + folder + "/" + file, "export const here = true;");
  };
  for (const name of Object.keys(JSON.parse(fs.readFileSync("package.json", "utf8")).dependencies)) {
    const build = name.split("/")[1];
    if (build === undefined) write(name + "/dist", "index.js");
    else write(name + "/bins/" + build, "llama-addon.node");
  }
  fs.writeFileSync("called.json", JSON.stringify({ args: process.argv.slice(2), env: process.env }));
`;

const fails = (output: string) => `console.error(${JSON.stringify(output)}); process.exitCode = 1;`;

describe("the engine's files", () => {
  test("are installed by npm, in a project of their own, in one step", async () => {
    const home = await emptyFolder();
    const steps: Progress[] = [];
    const env = await fakeNpm(INSTALLS);
    const runtime = await ensureLlamaCppRuntime({ home, env, onProgress: (step) => steps.push(step) });
    expect(runtime.directory).toBe(join(home, `engine/node-llama-cpp-${ENGINE_VERSION}-linux-x64`));
    expect(runtime.build).toBe("linux-x64");
    await access(runtime.addon);
    expect(await readdir(join(home, "engine"))).toEqual([`node-llama-cpp-${ENGINE_VERSION}-linux-x64`]);
    expect(JSON.parse(await readFile(join(runtime.directory, "package.json"), "utf8"))).toEqual({
      private: true,
      dependencies: { "@node-llama-cpp/linux-x64": ENGINE_VERSION },
    });
    const called = JSON.parse(await readFile(join(runtime.directory, "called.json"), "utf8")) as {
      args: string[];
      env: NodeJS.ProcessEnv;
    };
    expect(called.args).toEqual(expect.arrayContaining(["ci", "--ignore-scripts", "--omit=optional"]));
    expect(called.env["NODE_LLAMA_CPP_POSTINSTALL"]).toBe("skip");
    expect(steps[0]).toEqual({ what: "engine", label: "llama.cpp engine (linux-x64)", finished: false });
    expect(steps.at(-1)).toMatchObject({ finished: true });
  });

  test("are found without npm and without progress if they are installed", async () => {
    const home = await emptyFolder();
    const runtime = await ensureLlamaCppRuntime({ home, env: await fakeNpm(INSTALLS) });
    const env = await fakeNpm(fails("not again"));
    const onProgress = () => expect.unreachable();
    expect(await ensureLlamaCppRuntime({ home, env, onProgress })).toEqual(runtime);
  });

  test("are fetched once by two at once", async () => {
    const home = await emptyFolder();
    const env = await fakeNpm(`${INSTALLS} fs.appendFileSync(${JSON.stringify(join(home, "calls"))}, "x");`);
    await Promise.all([ensureLlamaCppRuntime({ home, env }), ensureLlamaCppRuntime({ home, env })]);
    expect(await readFile(join(home, "calls"), "utf8")).toBe("x");
  });

  test("are never left half-installed when npm fails, and an earlier run's leftovers are removed", async () => {
    const home = await emptyFolder();
    await mkdir(join(home, `engine/node-llama-cpp-${ENGINE_VERSION}-linux-x64.new-of-a-killed-run`), {
      recursive: true,
    });
    const env = await fakeNpm(`${INSTALLS} ${fails("npm error network is down")}`);
    const steps: Progress[] = [];
    const onProgress = (step: Progress) => steps.push(step);
    const error = await ensureLlamaCppRuntime({ home, env, onProgress }).catch((thrown: unknown) => thrown);
    expect(steps.at(-1)).toMatchObject({ finished: true, stopped: true });
    expect(error).toBeInstanceOf(EngineInstallError);
    expect((error as Error).message).toMatch(/cria setup.*network is down$/);
    expect((error as EngineInstallError).output).toContain("npm error network is down");
    expect(await readdir(join(home, "engine"))).toEqual([]);
  });

  test("are those of an earlier version of Cria too, which installed more", async () => {
    const home = await emptyFolder();
    const { directory, addon, entry } = runtimeOf("linux-x64", home);
    for (const file of [addon, entry]) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, "");
    }
    await writeFile(
      join(directory, "package.json"),
      '{"private":true,"dependencies":{"node-llama-cpp":"3.21.1"}}',
    );
    const env = await fakeNpm(fails("not again"));
    expect((await ensureLlamaCppRuntime({ home, env })).addon).toBe(addon);
  });

  test("are fetched again where the addon is gone, or node-llama-cpp of a build for a GPU", async () => {
    for (const [build, part] of [
      ["linux-x64", "addon"],
      ["linux-x64-cuda-ext", "addon"],
      ["linux-x64-cuda-ext", "entry"],
    ] as const) {
      const home = await emptyFolder();
      const env = { ...(await fakeNpm(INSTALLS)), CRIA_ENGINE_PACKAGE: build };
      const runtime = await ensureLlamaCppRuntime({ home, env });
      await rm(runtime[part]);
      await ensureLlamaCppRuntime({ home, env });
      await access(runtime[part]);
    }
  });

  test.for([
    [
      "npm error code ETARGET\nnpm error notarget No matching version found for @node-llama-cpp/linux-x64@3.21.1",
      EnginePlatformError,
    ],
    [
      "npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for @node-llama-cpp/linux-x64",
      EnginePlatformError,
    ],
    [
      "npm error code E404\nnpm error 404 'node-llama-cpp@3.21.1' is not in this registry.",
      EngineInstallError,
    ],
    ["npm error code ENOSPC\nnpm error nospc There appears to be insufficient space", DiskFullError],
  ] as const)("are explained when npm says %j", async ([output, errorClass]) => {
    const env = await fakeNpm(fails(output));
    await expect(ensureLlamaCppRuntime({ home: await emptyFolder(), env })).rejects.toThrow(errorClass);
  });

  test("stop being fetched after an abort", async () => {
    const home = await emptyFolder();
    const started = join(home, "started");
    const env = await fakeNpm(
      `require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000);`,
    );
    const stop = new AbortController();
    const fetching = ensureLlamaCppRuntime({ home, env, signal: stop.signal });
    fetching.catch(() => undefined);
    await expect
      .poll(
        () =>
          access(started).then(
            () => true,
            () => false,
          ),
        { timeout: 5000 },
      )
      .toBe(true);
    const reason = new Error("Ctrl-C");
    stop.abort(reason);
    await expect(fetching).rejects.toBe(reason);
    expect(await readdir(join(home, "engine"))).toEqual([]);
  });
});

describe("a build for a GPU that can't be fetched gives way to the processor's", () => {
  test.for([
    ["a mirror lacks it", "npm error code E404\nnpm error 404 @node-llama-cpp/linux-x64-cuda@3.21.1"],
    ["the disk is full", "npm error code ENOSPC\nnpm error nospc There appears to be insufficient space"],
    ["npm fails otherwise", "npm error code EOTHER"],
  ])("%s", async ([, output = ""], context) => {
    if (process.platform !== "linux" || process.arch !== "x64")
      context.skip("only Linux and Windows on x64 have more than one build; the libraries are Linux's");
    const [home, libraries] = [await emptyFolder(), await emptyFolder()];
    for (const name of ["libcuda.so.1", "libcudart.so.13", "libcublas.so.13"])
      await writeFile(join(libraries, name), "");
    const { npm_execpath } = await fakeNpm(
      `if (/-cuda/.test(require("fs").readFileSync("package.json", "utf8"))) { ${fails(output)} } else { ${INSTALLS} }`,
    );
    const env = { npm_execpath, LD_LIBRARY_PATH: libraries };
    const notices: string[] = [];
    const { build } = await ensureLlamaCppRuntime({ home, env, onNotice: (text) => notices.push(text) });
    expect(build).toBe("linux-x64");
    expect(notices).toEqual([
      expect.stringMatching(
        /^The engine's build linux-x64-cuda can't be used here: .*Trying the next one\.$/u,
      ),
      "The engine computes on the processor (linux-x64): no GPU can be used.",
    ]);
    expect(await readSettings(home)).toEqual({ build: "linux-x64" });
  });
});

test("a choice of the build doesn't replace what `cria setup --gpu` chose meanwhile", async (context) => {
  if (process.platform !== "linux" || process.arch !== "x64")
    context.skip("the npm of this test has the build for Linux on x64 only");
  const home = await emptyFolder();
  const settings = settingsFile(home);
  const { npm_execpath } = await fakeNpm(
    `${INSTALLS} fs.writeFileSync(${JSON.stringify(settings)}, '{"gpu":"vulkan","build":"linux-x64-vulkan"}');`,
  );
  // wherever there is but one build, nothing is chosen
  await ensureLlamaCppRuntime({ home, env: { npm_execpath } });
  expect(await readSettings(home)).toEqual({ gpu: "vulkan", build: "linux-x64-vulkan" });
});

describe("the build for a machine", () => {
  const machine = (platform: NodeJS.Platform, arch: string, musl = false): Machine => ({
    platform,
    arch,
    musl,
  });

  test.for([
    ["linux", "x64", "linux-x64"],
    ["linux", "arm64", "linux-arm64"],
    ["linux", "arm", "linux-armv7l"],
    ["darwin", "arm64", "mac-arm64-metal"],
    ["darwin", "x64", "mac-x64"],
    ["win32", "x64", "win-x64"],
    ["win32", "arm64", "win-arm64"],
  ] as const)("%s on %s is %s", ([platform, arch, build]) => {
    expect(buildsFor(machine(platform, arch))[0]).toBe(build);
  });

  test("is the one in CRIA_ENGINE_PACKAGE, with or without its scope", () => {
    expect(buildByVariable({ CRIA_ENGINE_PACKAGE: "linux-x64-cuda" })).toBe("linux-x64-cuda");
    expect(buildByVariable({ CRIA_ENGINE_PACKAGE: "@node-llama-cpp/win-x64-vulkan" })).toBe("win-x64-vulkan");
  });

  test.for(["../escape", "@other/linux-x64", "linux-x64@1.0.0", "a b"])("isn't %j", (name) => {
    expect(() => buildByVariable({ CRIA_ENGINE_PACKAGE: name })).toThrow(EnginePlatformError);
  });

  test("isn't one that the engine doesn't have; those for this machine are named", () => {
    expect(() => buildByVariable({ CRIA_ENGINE_PACKAGE: "linux-x64-rocm" }, machine("linux", "x64"))).toThrow(
      /linux-x64-rocm isn't one of the builds.*linux-x64 or linux-x64-vulkan or linux-x64-cuda or linux-x64-cuda-ext\./,
    );
    expect(() => buildByVariable({ CRIA_ENGINE_PACKAGE: "metal" }, machine("darwin", "arm64"))).toThrow(
      /set mac-arm64-metal\./,
    );
  });

  test.for([
    ["freebsd", "x64"],
    ["win32", "ia32"],
    ["linux", "ppc64"],
  ] as const)("doesn't exist on %s %s, and the platforms that have one are named", ([platform, arch]) => {
    expect(() => buildsFor(machine(platform, arch))).toThrow(
      new RegExp(
        `${platform}-${arch}: there is no build for it, only for Linux x64, .*Windows arm64.*--on URL`,
      ),
    );
  });

  test.for(["x64", "arm64"])("doesn't exist for musl on %s, and an image that has one is named", (arch) => {
    expect(() => buildsFor(machine("linux", arch, true))).toThrow(
      new RegExp(`linux-${arch} \\(musl\\).*Alpine.*node:22-slim`),
    );
    expect(() => buildByVariable({ CRIA_ENGINE_PACKAGE: "linux-x64" }, machine("linux", arch, true))).toThrow(
      /musl/,
    );
  });

  test("is found for this machine", () => {
    expect(thisMachine()).toMatchObject({ platform: process.platform, arch: process.arch });
  });
});

describe("npm", () => {
  const nowhere = "/nowhere/bin/node";

  test("is the one Cria was started by, whatever script npx names", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "npm-cli.js"), "");
    for (const name of ["npm-cli.js", "npx-cli.js"]) {
      const npm = await findNpm({ npm_execpath: join(folder, name) }, nowhere);
      expect(npm).toEqual({ file: process.execPath, args: [join(folder, "npm-cli.js")] });
    }
  });

  test("isn't another package manager", async () => {
    const path = join(await emptyFolder(), "pnpm.cjs");
    await writeFile(path, "");
    expect(await findNpm({ npm_execpath: path, PATH: "" }, nowhere)).toBeUndefined();
  });

  test("is found on the PATH: its script, or a version manager's shim", async ({ skip }) => {
    skip(process.platform === "win32", "Windows has no such links");
    const [links, shims] = [await emptyFolder(), await emptyFolder()];
    await writeFile(join(links, "npm-cli.js"), "");
    await symlink(join(links, "npm-cli.js"), join(links, "npm"));
    await writeFile(join(shims, "npm"), "#!/bin/sh\n");
    await chmod(join(shims, "npm"), 0o755);
    const PATH = (...folders: string[]) => ({ PATH: folders.join(delimiter) });
    expect(await findNpm(PATH("/none", links, shims), nowhere)).toEqual({
      file: process.execPath,
      args: [join(links, "npm-cli.js")],
    });
    expect(await findNpm(PATH(shims, links), nowhere)).toEqual({ file: join(shims, "npm"), args: [] });
    expect(await findNpm(PATH("/none"), nowhere)).toBeUndefined();
  });

  test("gets the user's registry, and no settings of the surrounding npm command", () => {
    const kept = {
      PATH: "/bin",
      HTTPS_PROXY: "http://proxy",
      npm_config_registry: "http://registry",
      npm_config_userconfig: "/home/me/.npmrc",
      npm_config_strict_ssl: "false",
      "npm_config_@scope:registry": "http://other",
      "npm_config_//registry/:_authToken": "secret",
    };
    const dropped = {
      npm_config_global: "true",
      npm_config_omit: "dev",
      npm_config_dry_run: "true",
      npm_config_workspace: "a",
      npm_config_prefix: "/usr",
      npm_command: "exec",
      npm_package_name: "app",
      npm_lifecycle_event: "test",
    };
    expect(npmEnvironment({ ...kept, ...dropped })).toEqual({ ...kept, NODE_LLAMA_CPP_POSTINSTALL: "skip" });
  });
});
