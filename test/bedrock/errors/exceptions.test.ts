import { describe, expect, it } from "vitest";

import {
  bodyTooLarge,
  encodeErrorResponse,
  encodeExceptionFrame,
  modelError,
  modelledExceptionTypes,
  modelStreamError,
  promptTooLong,
} from "../../../src/bedrock/index.js";
import { MessageDecoder } from "../../../src/event-stream/index.js";

describe("encodeErrorResponse", () => {
  it("has status, type, namespace and message", () => {
    expect(encodeErrorResponse(promptTooLong(4096))).toEqual({
      status: 400,
      errorType: "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/",
      body: '{"message":"This model\'s maximum context length is 4096 tokens. Please reduce the length of the prompt"}',
    });
  });

  it("names the longest body as Bedrock does", () => {
    expect(bodyTooLarge().message).toMatch(/'body' .* less than or equal to 25000000$/u);
  });

  it("includes the exception's other fields", () => {
    const { status, body } = encodeErrorResponse(modelError("It broke.", "meta.llama2-13b-chat-v1"));
    expect(status).toBe(424);
    expect(JSON.parse(body)).toEqual({
      message: "It broke.",
      originalStatusCode: 500,
      resourceName: "meta.llama2-13b-chat-v1",
    });
  });
});

describe("encodeExceptionFrame", () => {
  it("is an exception with its name in camel case", () => {
    const [message] = [...new MessageDecoder().push(encodeExceptionFrame(modelStreamError("It broke.")))];
    expect([...(message?.headers ?? [])].map(([name, { value }]) => [name, value])).toEqual([
      [":exception-type", "modelStreamErrorException"],
      [":content-type", "application/json"],
      [":message-type", "exception"],
    ]);
    expect(JSON.parse(Buffer.from(message?.body ?? []).toString())).toEqual({
      message: "It broke.",
      originalStatusCode: 500,
      originalMessage: "It broke.",
    });
  });
});

it("has the names and statuses of the official SDK's exceptions", async () => {
  const sdk = await import("@aws-sdk/client-bedrock-runtime");
  for (const [type, status] of Object.entries(modelledExceptionTypes)) {
    const schema = (sdk as unknown as Record<string, unknown>)[`${type}$`];
    expect(schema, type).toBeDefined();
    expect(JSON.stringify(schema), type).toContain(String(status));
  }
});
