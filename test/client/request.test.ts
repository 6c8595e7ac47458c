import { describe, expect, it } from "vitest";

import { UnknownPromptFormatError } from "../../src/client/index.js";
import { buildRequest } from "../../src/client/request.js";

const body = (...args: Parameters<typeof buildRequest>) =>
  JSON.parse(buildRequest(...args).body) as Record<string, unknown>;

describe("the native request", () => {
  it("has only the given keys, so that Bedrock's defaults apply", () => {
    expect(buildRequest({ prompt: "Hi" })).toEqual({
      modelId: "meta.llama2-13b-chat-v1",
      contentType: "application/json",
      body: '{"prompt":"Hi"}',
    });
    expect(body({ prompt: "Hi", maxGenLen: 7, temperature: 0, topP: 1 })).toEqual({
      prompt: "Hi",
      max_gen_len: 7,
      temperature: 0,
      top_p: 1,
    });
  });

  it.each([
    ["meta.llama2-13b-chat-v1", /\[INST\] <<SYS>>\nBe brief\.\n<<\/SYS>>\n\nHi \[\/INST\]$/u],
    [
      "us.meta.llama3-8b-instruct-v1:0",
      /<\|start_header_id\|>system<\|end_header_id\|>\n\nBe brief\.<\|eot_id\|>/u,
    ],
    [
      "arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-1-8b-instruct-v1:0",
      /Be brief\..*<\|eot_id\|>/su,
    ],
  ])("carries messages in the format of %s", (modelId, pattern) => {
    const { prompt } = body({ modelId, system: "Be brief.", messages: [{ role: "user", content: "Hi" }] });
    expect(prompt).toMatch(pattern);
  });

  it("has a single user message unchanged for a base model, which has no chat format", () => {
    const modelId = "meta.llama2-13b-v1";
    expect(body({ modelId, messages: [{ role: "user", content: "Once upon" }] })).toEqual({
      prompt: "Once upon",
    });
    expect(() => body({ modelId, system: "x", messages: [{ role: "user", content: "y" }] })).toThrow(
      UnknownPromptFormatError,
    );
  });

  it("can't be built from messages for an id with an unknown format", () => {
    const unknown = () => body({ modelId: "mistral.some", messages: [{ role: "user", content: "Hi" }] });
    expect(unknown).toThrow(UnknownPromptFormatError);
    expect(unknown).toThrow("mistral.some");
    expect(body({ modelId: "mistral.some", prompt: "Hi" })).toEqual({ prompt: "Hi" });
  });
});
