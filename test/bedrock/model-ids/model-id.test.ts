import { describe, expect, it } from "vitest";

import { llamaModels, parseModelId } from "../../../src/bedrock/index.js";

const LLAMA_2 = "meta.llama2-13b-chat-v1";
const LLAMA_31 = "meta.llama3-1-8b-instruct-v1:0";

describe("parseModelId", () => {
  it.each(llamaModels.map(({ id }) => id))("reads %s in every form", (id) => {
    const forms = [
      id,
      `us.${id}`,
      `arn:aws:bedrock:us-east-1::foundation-model/${id}`,
      `arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.${id}`,
    ];
    for (const form of forms) expect(parseModelId(form)).toMatchObject({ text: form, model: { id } });
  });

  it("reads the parts of an inference profile's ARN", () => {
    const text = `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${LLAMA_31}`;
    expect(parseModelId(text)).toMatchObject({ profile: "eu", region: "eu-west-1", account: "123456789012" });
  });

  it("accepts ARNs of other partitions", () => {
    const text = `arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/${LLAMA_31}`;
    expect(parseModelId(text)).toMatchObject({ region: "us-gov-west-1", profile: undefined });
  });

  it.each([
    [`${LLAMA_2}:0:4k`, LLAMA_2],
    [`${LLAMA_31}:128k`, LLAMA_31],
    [`arn:aws:bedrock:us-east-1::foundation-model/${LLAMA_2}:0:4k`, LLAMA_2],
  ])("reads %s, which names its context length", (text, id) => {
    expect(parseModelId(text)?.model.id).toBe(id);
  });

  it.each([
    "",
    "invalid-streaming-model-id",
    "anthropic.claude-v2",
    "meta.llama3-1-8b-instruct-v1",
    `${LLAMA_31}:4k`,
    `mars.${LLAMA_31}`,
    `us.us.${LLAMA_31}`,
    `arn:aws:bedrock:us-east-1::foundation-model/us.${LLAMA_31}`,
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${LLAMA_31}`,
    `arn:aws:bedrock:us-east-1::foundation-model/`,
    `${LLAMA_2}${" ".repeat(3000)}`,
    "__proto__",
  ])("doesn't recognize %j", (text) => {
    expect(parseModelId(text)).toBeUndefined();
  });

  it("knows the context length of each family", () => {
    const lengths = new Set(llamaModels.map(({ family, contextLength }) => `${family} ${contextLength}`));
    expect(lengths).toEqual(
      new Set(["llama-2 4096", "llama-3 8192", "llama-3-1 131072", "llama-4 3500000", "llama-4 1048576"]),
    );
  });
});
