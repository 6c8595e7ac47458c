import { describe, expect, it } from "vitest";

import { readConverseRequest, RequestReader, TEXT_ONLY } from "../../../src/bedrock/index.js";

const messages = [{ role: "user", content: [{ text: "Hi" }] }];

function read(body: string | object) {
  const reader = new RequestReader();
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const request = readConverseRequest(reader, reader.parse(Buffer.from(text)), TEXT_ONLY, false);
  reader.finish();
  return request;
}

function refusal(body: string | object): [string, string] {
  try {
    read(body);
  } catch (error) {
    const { type, message } = error as { type: string; message: string };
    return [type, message];
  }
  throw new Error("it was accepted");
}

describe("readConverseRequest", () => {
  it("ignores unknown members and nulls", () => {
    expect(
      read({ messages, system: null, inferenceConfig: null, outputConfig: null, hologram: { a: "b" } }),
    ).toMatchObject({
      system: [],
      toolConfig: undefined,
      settings: {
        guardrail: { identifier: undefined, version: undefined },
        latency: undefined,
        serviceTier: undefined,
        outputConfig: false,
      },
      additionalFields: {},
      inferenceConfig: { maxTokens: undefined, temperature: undefined, topP: undefined, stopSequences: [] },
    });
  });

  it("reports one violation as users quote it", () => {
    expect(refusal({ messages, inferenceConfig: { maxTokens: 0 } })).toEqual([
      "ValidationException",
      "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ]);
  });

  it("reports several violations together", () => {
    const body = {
      messages: [{ role: "system", content: [] }, { role: "user" }],
      inferenceConfig: { temperature: 1.5, topP: -0.1, stopSequences: [""] },
    };
    expect(refusal(body)).toEqual([
      "ValidationException",
      "5 validation errors detected: " +
        [
          "Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
          "Value null at 'messages.2.member.content' failed to satisfy constraint: Member must not be null",
          "Value '' at 'inferenceConfig.stopSequences.1.member' failed to satisfy constraint: Member must have length greater than or equal to 1",
          "Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
          "Value '-0.1' at 'inferenceConfig.topP' failed to satisfy constraint: Member must have value greater than or equal to 0",
        ].join("; "),
    ]);
  });

  it.each([
    ["text that isn't JSON", "{", ""],
    ["a list in place of the body", "[]", "Unexpected field type"],
    ["text in place of messages", { messages: "Hi" }, "STRING_VALUE can not be converted to List"],
    [
      "a number in place of a text",
      { messages: [{ role: 1 }] },
      "NUMBER_VALUE can not be converted to String",
    ],
    [
      "text in place of a number",
      { messages, inferenceConfig: { topP: "1" } },
      "STRING_VALUE can not be converted to Float",
    ],
    [
      "a structure in place of a number",
      { messages, inferenceConfig: { topP: {} } },
      "Start of structure or map found where not expected.",
    ],
    ["true in place of an object", { messages: [true] }, "TRUE_VALUE can not be converted to Structure"],
  ])("refuses a wrong type: %s", (_name, body, message) => {
    expect(refusal(body)).toEqual(["SerializationException", message]);
  });

  it("reports the first 20 violations only", () => {
    const many = Array.from({ length: 1000 }, () => ({ role: "x", content: [] }));
    const [, message] = refusal({ messages: many });
    expect(message).toMatch(/^20 validation errors detected: /u);
  });
});
