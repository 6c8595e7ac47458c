import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Command } from "commander";
import { describe, expect, onTestFinished, test, vi } from "vitest";

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
      "meta.llama2-13b-chat-v1=http://b:8000,model=x/y=z,streams=4,vision=yes,silence=5,first-token=600",
    ),
  ).toEqual({
    upstreams: {
      [ID]: { url: "https://vllm.internal/v1" },
      "meta.llama2-13b-chat-v1": {
        ...{ url: "http://b:8000", model: "x/y=z", streams: 4 },
        ...{ vision: true, silenceMs: 5_000, firstTokenMs: 600_000 },
      },
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

test("a variable's key is taken without the blanks around it, and with none within", async () => {
  vi.stubEnv("CRIA_TEST_KEY", " sk-1\r\n");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await parse(`${ID}=http://a,key-env=CRIA_TEST_KEY`)).toMatchObject({
    upstreams: { [ID]: { key: "sk-1" } },
  });
  vi.stubEnv("CRIA_TEST_KEY", "sk-1\nsk-2");
  await expect(parse(`${ID}=http://a,key-env=CRIA_TEST_KEY`)).rejects.toThrow("and nothing else");
});

test.each([
  `${ID}=http://user:secret@a`,
  `${ID}=http://user:secret@a:99999`,
  `${ID}=http://a?key=secret`,
  `${ID}=http://a#secret`,
  `${ID}=http://a,key=secret`,
  `${ID}=http://a,secret`,
  `${ID}=http://a,dialect=secret`,
  `${ID}=http://a,streams=secret`,
  `${ID}=bedrock,key=secret`,
  `${ID}=bedrock,secret`,
  `${ID}=bedrock,endpoint=http://user:secret@a`,
  `${ID}=bedrock,endpoint=secret`,
  "http://user:secret@a/v1",
  "http://a/v1?key=secret",
])("%s is refused, and what may be a key isn't repeated", (text) => {
  expect(() => parse(text)).toThrow(/^(?!.*secret)--upstream/u);
});

test.each([
  ["http://a", "must be ID=URL"],
  [`${ID}=`, "must be ID=URL"],
  [`${ID}=ftp://a`, "must be ID=URL"],
  [`${ID}=http://user:secret@a`, "command line"],
  [`${ID}=http://a,dialect=tgi`, "There are vllm, llama-server, ollama, openai"],
  [`${ID}=http://a,streams=0`, "whole number from 1"],
  [`${ID}=http://a,vision=maybe`, "vision must be yes or no"],
  [`${ID}=http://a,silence=0`, "silence must be a whole number from 1 to 86400"],
  [`${ID}=http://a,first-token=86401`, "first-token must be a whole number from 1 to 86400"],
  [`${ID}=http://a,model`, "NAME=VALUE"],
  [`${ID}=http://a,colour=red`, "isn't a setting"],
  [`${ID}=http://a?key=1`, "command line"],
  [`${ID}=bedrok`, "ID=bedrock,region=us-west-2"],
  [`${ID}=bedrock,key-env=X`, "There are region, profile, retries, endpoint, ca-file and timeout"],
  [`${ID}=bedrock,retries=11`, "whole number from 0 to 10"],
  [`${ID}=bedrock,timeout=0`, "whole number from 1"],
  [`${ID}=bedrock,endpoint=vpce`, "isn't a URL"],
  [`${ID}=bedrock,endpoint=https://a:b@c`, "profile=NAME"],
  [`${ID}=bedrock,region=xx`, "region must be a region of AWS, such as us-west-2"],
  [`${ID}=bedrock,region=us-west-2,region=us-east-1`, "region is given twice"],
  [`${ID}=bedrock,retries=1,retries=1`, "retries is given twice"],
  [`${ID}=http://a,model=a,model=b`, "model is given twice. Leave one of them out."],
  [`${ID}=http://a,vision=yes,silence=3,vision=no`, "vision is given twice"],
  [`${ID}=http://a,key-env=A,key-env=B`, "key-env is given twice"],
])("%s is refused with what to write", (text, words) => {
  expect(() => parse(text)).toThrow(words);
});

test("a model's second upstream is the next in order", async () => {
  expect(
    await parse(`${ID}=http://a`, `${ID}=bedrock,region=us-west-2`, "meta.llama2-13b-chat-v1=http://b"),
  ).toEqual({
    upstreams: {
      [ID]: [{ url: "http://a" }, { bedrock: "us-west-2" }],
      "meta.llama2-13b-chat-v1": { url: "http://b" },
    },
  });
});

describe("Amazon Bedrock itself", () => {
  test("has its region and settings", async () => {
    const text = `${ID}=bedrock,region=us-gov-west-1,profile=team,retries=2,endpoint=https://vpce-1.example,ca-file=ca.pem,timeout=90`;
    expect(await parse(text)).toEqual({
      upstreams: {
        [ID]: {
          ...{ bedrock: "us-gov-west-1", profile: "team", retries: 2, endpoint: "https://vpce-1.example" },
          ...{ caFile: "ca.pem", timeoutMs: 90_000 },
        },
      },
    });
  });

  test("is in the environment's region where none is named, and in none without it", async () => {
    vi.stubEnv("AWS_REGION", undefined);
    vi.stubEnv("AWS_DEFAULT_REGION", "eu-west-1");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await parse(`${ID}=bedrock`)).toEqual({ upstreams: { [ID]: { bedrock: "eu-west-1" } } });
    vi.stubEnv("AWS_DEFAULT_REGION", undefined);
    await expect(parse(`${ID}=bedrock`)).rejects.toThrow("bedrock,region=us-west-2");
    vi.stubEnv("AWS_REGION", "nowhere");
    await expect(parse(`${ID}=bedrock`)).rejects.toThrow("AWS_REGION must hold a region");
  });
});
