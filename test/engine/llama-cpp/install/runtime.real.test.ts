import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { EngineInstallError } from "../../../../src/engine/errors.js";
import { ensureLlamaCppRuntime } from "../../../../src/engine/index.js";
import { buildsFor, installBuild, thisMachine } from "../../../../src/engine/llama-cpp/install/index.js";
import { askDevices } from "../../../../src/engine/llama-cpp/parent/index.js";
import { gpuOfBuild } from "../../../../src/engine/llama-cpp/protocol.js";
import { needsEngine } from "../../../support/engine.js";
import { emptyFolder } from "../../../support/folder.js";

/** npm's errors if the registry can't be reached or lacks a package. */
const NO_REGISTRY =
  /\b(?:E[45]\d\d|E(?:AI_AGAIN|CONN\w+|HOSTUNREACH|NETUNREACH|NOTFOUND|TIMEDOUT|TARGET))\b/u;

test(
  "npm puts an engine there that starts, by its checksums, and nothing else",
  { timeout: 300_000 },
  async (context) => {
    needsEngine(context);
    const [build] = buildsFor(thisMachine());
    const { directory, addon } = await installBuild(build, { home: await emptyFolder() }).catch(
      (error: unknown) => {
        if (!(error instanceof EngineInstallError) || !NO_REGISTRY.test(error.output)) throw error;
        return context.skip(`npm's registry can't be reached: ${error.message}`);
      },
    );
    expect(await readdir(join(directory, "node_modules/@node-llama-cpp"))).toEqual([build]);
    const others = (await readdir(join(directory, "node_modules"))).filter((name) => !name.startsWith("."));
    if (gpuOfBuild(build) === false) expect(others).toEqual(["@node-llama-cpp"]);
    else expect(others).toContain("node-llama-cpp");
    expect(await askDevices({ addonFile: addon, gpu: false })).toMatchObject({ gpu: false });
  },
);

test("without a network npm's reason is told, and what to do", async () => {
  const env = { ...process.env, npm_config_registry: "http://127.0.0.1:1" };
  const error = await ensureLlamaCppRuntime({ home: await emptyFolder(), env }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineInstallError);
  expect((error as Error).message).toMatch(/cria setup.*ECONNREFUSED/);
});
