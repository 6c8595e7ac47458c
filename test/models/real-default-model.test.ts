import { expect, test } from "vitest";
import { defaultModel, ensureModelFile } from "../../src/models/index.js";
import { ensureLlamaCppRuntime } from "../../src/engine/llama-cpp/runtime.js";
import { testHome } from "../support/home.js";

test("x", { timeout: 120_000 }, async () => {
  const t = performance.now();
  const path = await ensureModelFile(defaultModel, { home: testHome(), onProgress: (p) => console.log(p) });
  console.log(path, performance.now() - t);
  const r = await ensureLlamaCppRuntime({ home: testHome(), onProgress: (p) => console.log(p) });
  console.log(r, performance.now() - t);
  expect(path).toContain("gguf");
});
