import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { scriptedEngine } from "../../../src/cli/commands/script-options.js";

describe("scriptedEngine", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cria-script-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function engineOf(content: string) {
    const file = join(folder, "script.json");
    await writeFile(file, content);
    return scriptedEngine(file);
  }

  it("reads a file with a byte order mark, as Windows writes it", async () => {
    await using engine = await engineOf('\ufeff{"text": "Hello"}');
    const { signal } = new AbortController();
    const generation = await engine.generate({
      prompt: "Hi",
      bos: "never",
      maxTokens: 1,
      temperature: 0,
      topP: 1,
      signal,
    });
    const texts: string[] = [];
    for await (const { text } of generation) texts.push(text);
    expect(texts).toEqual(["Hello"]);
  });

  it.each(["", "{", `${"[".repeat(20_000)}${"]".repeat(20_000)}`, '{"text": 5}'])(
    "says what is wrong with a file, and which: %j",
    async (content) => {
      await expect(engineOf(content)).rejects.toThrow(/^--script .*script\.json: .*docs\/scripts\.md/u);
    },
  );
});
