import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { checkModelFile } from "../../src/server/check-model-file.js";
import { ModelFileError } from "../../src/server/index.js";

describe("a model file", () => {
  const folder = mkdtempSync(join(tmpdir(), "cria-model-file-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("that isn't there is said to be", async () => {
    await expect(checkModelFile(join(folder, "none.gguf"))).rejects.toThrow(ModelFileError);
    await expect(checkModelFile(join(folder, "none.gguf"))).rejects.toThrow(/isn't there/u);
    await expect(checkModelFile(folder)).rejects.toThrow(/can't be read/u);
  });

  it.each([
    ["empty", ""],
    ["short", "GG"],
    ["another", "PK\x03\x04 and so on"],
  ])("that is no GGUF is said to be: %s", async (name, content) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    await expect(checkModelFile(file)).rejects.toThrow(/no GGUF/u);
  });

  it("that begins as a GGUF goes on to llama.cpp", async () => {
    const file = join(folder, "good.gguf");
    writeFileSync(file, "GGUF\x03\0\0\0");
    await expect(checkModelFile(file)).resolves.toBeUndefined();
  });
});
