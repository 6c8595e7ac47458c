import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Command } from "commander";
import { expect, onTestFinished, test } from "vitest";

import {
  addUpstreamOption,
  type UpstreamOptions,
  upstreamSettings,
} from "../../../src/cli/commands/upstream-options.js";
import { emptyFolder } from "../../support/folder.js";

const ID = "meta.llama3-3-70b-instruct-v1:0";
const parse = (...texts: string[]) =>
  upstreamSettings(
    addUpstreamOption(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
      .parse(
        texts.flatMap((text) => ["--upstream", text]),
        { from: "user" },
      )
      .opts<UpstreamOptions>(),
  );

test("a server for each model, with its settings", async () => {
  expect(
    await parse(
      `${ID}=https://vllm.internal/v1`,
      "meta.llama2-13b-chat-v1=http://b:8000,model=x/y=z,streams=4",
    ),
  ).toEqual({
    upstreams: {
      [ID]: { url: "https://vllm.internal/v1" },
      "meta.llama2-13b-chat-v1": { url: "http://b:8000", model: "x/y=z", streams: 4 },
    },
  });
});

test("a key comes from a variable or a file", async () => {
  process.env["CRIA_TEST_KEY"] = "abc";
  onTestFinished(() => {
    delete process.env["CRIA_TEST_KEY"];
  });
  expect(await parse(`${ID}=http://a,key-env=CRIA_TEST_KEY`)).toMatchObject({
    upstreams: { [ID]: { key: "abc" } },
  });
  const file = join(await emptyFolder(), "key");
  await writeFile(file, "def\n");
  expect(await parse(`${ID}=http://a,key-file=${file}`)).toMatchObject({
    upstreams: { [ID]: { key: "def" } },
  });
  await expect(parse(`${ID}=http://a,key-env=CRIA_TEST_NONE`)).rejects.toThrow(
    "CRIA_TEST_NONE is empty or not set",
  );
  await expect(parse(`${ID}=http://a,key-file=${file}x`)).rejects.toThrow("can't be read");
  await expect(parse(`${ID}=http://a,key-file=${file},key-env=CRIA_TEST_KEY`)).rejects.toThrow("Leave one");
});

test.each([
  ["http://a", "must be ID=URL"],
  [`${ID}=`, "must be ID=URL"],
  [`${ID}=ftp://a`, "must be ID=URL"],
  [`${ID}=http://user:secret@a`, "command line"],
  [`${ID}=http://a,dialect=tgi`, "There are vllm, llama-server, ollama, openai"],
  [`${ID}=http://a,streams=0`, "whole number from 1"],
  [`${ID}=http://a,model`, "NAME=VALUE"],
  [`${ID}=http://a,colour=red`, "isn't a setting"],
])("%s is refused with what to write", (text, words) => {
  expect(() => parse(text)).toThrow(words);
});

test("a model has one server", () => {
  expect(() => parse(`${ID}=http://a`, `${ID}=http://b`)).toThrow("has a server already");
});
