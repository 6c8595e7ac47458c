import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { realModelHint } from "../../src/cli/real-model-hint.js";
import { temporaryFile } from "../support/temporary-file.js";

const GB = 1e9;

describe("the hint after a stand-in's answer", () => {
  it("has the command that gets the model, and its size", async () => {
    await using file = await temporaryFile("home", "");
    expect(
      await realModelHint("meta.llama3-2-1b-instruct-v1:0", { home: file.folder, memory: 64 * GB }),
    ).toBe(
      "meta.llama3-2-1b-instruct-v1:0 itself answers after `cria models pull meta.llama3-2-1b-instruct-v1:0` (808 MB)",
    );
  });

  it("names the model of an inference profile by the id that `cria models` lists", async () => {
    await using file = await temporaryFile("home", "");
    const hint = await realModelHint("us.meta.llama3-2-3b-instruct-v1:0", {
      home: file.folder,
      memory: 64 * GB,
    });
    expect(hint).toContain("`cria models pull meta.llama3-2-3b-instruct-v1:0`");
  });

  it.for([
    [
      "meta.llama2-70b-chat-v1",
      10 * GB,
      /too large for this machine's memory \(10(\.0)? GB\)\. .*`cria models pull (\S+)`/u,
    ],
    [
      "meta.llama3-2-11b-instruct-v1:0",
      10 * GB,
      /no weights that llama\.cpp can read\. .*`cria models pull (\S+)`/u,
    ],
  ] as const)("names a model that can be had instead of %s", async ([asked, memory, pattern]) => {
    await using file = await temporaryFile("home", "");
    const hint = (await realModelHint(asked, { home: file.folder, memory })) ?? "";
    expect(hint).toMatch(pattern);
    const instead = pattern.exec(hint)?.at(-1) ?? "";
    expect(hint.endsWith(`then ask for ${instead}`)).toBe(true);
    // what is named does fit
    await using other = await temporaryFile("home", "");
    expect(await realModelHint(instead, { home: other.folder, memory })).toContain(
      `${instead} itself answers`,
    );
  });

  it.for([
    ["no model is small enough", "meta.llama2-13b-chat-v1", 1],
    ["the model is unknown", "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc", 64 * GB],
  ] as const)("isn't given if %s, and isn't used up", async ([, asked, memory]) => {
    await using file = await temporaryFile("home", "");
    expect(await realModelHint(asked, { home: file.folder, memory })).toBeUndefined();
    expect(
      await realModelHint("meta.llama3-2-3b-instruct-v1:0", { home: file.folder, memory: 64 * GB }),
    ).toBeDefined();
  });

  it("is given once for a home, also to several at the same time", async () => {
    await using file = await temporaryFile("home", "");
    const home = join(file.folder, "new");
    const ask = () => realModelHint("meta.llama3-2-3b-instruct-v1:0", { home, memory: 64 * GB });
    const hints = await Promise.all([ask(), ask(), ask()]);
    expect(hints.filter((hint) => hint !== undefined)).toHaveLength(1);
    expect(await ask()).toBeUndefined();
  });

  it("is given every time where the home can't be written", async () => {
    await using file = await temporaryFile("home", "");
    const ask = () =>
      realModelHint("meta.llama3-2-3b-instruct-v1:0", { home: join(file.path, "x"), memory: 64 * GB });
    expect(await ask()).toBeDefined();
    expect(await ask()).toBeDefined();
  });
});
