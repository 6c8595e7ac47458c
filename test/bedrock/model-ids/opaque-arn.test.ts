import { describe, expect, it } from "vitest";

import { opaqueResources, parseModelId, parseOpaqueArn } from "../../../src/bedrock/index.js";

const START = "arn:aws:bedrock:us-west-2:123456789012:";

describe("parseOpaqueArn", () => {
  it.each(opaqueResources)("reads the ARN of a %s", (resource) => {
    const base = resource === "custom-model" ? "meta.llama3-1-8b-instruct-v1:0:128k/" : "";
    const text = `${START}${resource}/${base}a1b2c3d4e5f6`;
    expect(parseOpaqueArn(text)).toEqual({ text, resource, region: "us-west-2", id: "a1b2c3d4e5f6" });
    expect(parseModelId(text)).toBeUndefined();
  });

  it.each([
    `${START}default-prompt-router/meta.llama:1`,
    `${START}custom-model/imported/a1b2c3d4e5f6`,
    "arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:provisioned-model/a1b2c3d4e5f6",
  ])("reads %s", (text) => {
    expect(parseOpaqueArn(text)?.text).toBe(text);
  });

  it.each([
    "",
    "a1b2c3d4e5f6",
    `${START}imported-model/`,
    `${START}imported-model/a/b`,
    `${START}custom-model/a1b2c3d4e5f6`,
    `${START}guardrail/a1b2c3d4e5f6`,
    `${START}prompt/ABCDEFGHIJ:1`,
    `${START}inference-profile/us.meta.llama3-3-70b-instruct-v1:0`,
    "arn:aws:bedrock:us-west-2::imported-model/a1b2c3d4e5f6",
    "arn:aws:bedrock:us-west-2:1234:imported-model/a1b2c3d4e5f6",
    "arn:aws:sagemaker:us-west-2:123456789012:endpoint/llama",
    ` ${START}imported-model/a1b2c3d4e5f6`,
    `${START}imported-model/a1b2c3d4e5f6\n`,
    `${START}imported-model/${"a".repeat(3_000)}`,
    `${START}toString/a1b2c3d4e5f6`,
  ])("doesn't take %j", (text) => {
    expect(parseOpaqueArn(text)).toBeUndefined();
  });
});
