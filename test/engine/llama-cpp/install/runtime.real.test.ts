import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { EngineInstallError } from "../../../../src/engine/errors.js";
import { ENGINE_VERSION, ensureLlamaCppRuntime } from "../../../../src/engine/index.js";
import { needsEngine } from "../../../support/engine.js";
import { emptyFolder } from "../../../support/folder.js";
import { testHome } from "../../../support/home.js";

test("npm puts an engine there that starts, without GPU builds", { timeout: 300_000 }, async (context) => {
  needsEngine(context);
  const { directory, entry, build } = await ensureLlamaCppRuntime({ home: testHome() });
  expect(await readdir(join(directory, "node_modules/@node-llama-cpp"))).toEqual([build]);
  const main = await readFile(join(directory, "node_modules/node-llama-cpp/package.json"), "utf8");
  expect(main).toContain(`"version": "${ENGINE_VERSION}"`);
  // in a process of its own, as the engine does
  const script = `
    const { getLlama } = await import(${JSON.stringify(pathToFileURL(entry).href)});
    const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
    console.log(llama.gpu, llama.cpuMathCores > 0);
    await llama.dispose();
    process.exit();`;
  const file = join(await emptyFolder(), "start.mjs");
  await writeFile(file, script);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout.trim()).toBe("false true");
});

test("without a network npm's reason is told, and what to do", async () => {
  const env = { ...process.env, npm_config_registry: "http://127.0.0.1:1" };
  const error = await ensureLlamaCppRuntime({ home: await emptyFolder(), env }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineInstallError);
  expect((error as Error).message).toMatch(/cria setup.*ECONNREFUSED/);
});
