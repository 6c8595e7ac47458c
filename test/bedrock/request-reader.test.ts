import { describe, expect, it } from "vitest";

import { BedrockException, RequestReader } from "../../src/bedrock/index.js";

function refusal(note: (reader: RequestReader) => void): BedrockException {
  const reader = new RequestReader();
  note(reader);
  try {
    reader.finish();
  } catch (error) {
    expect(error).toBeInstanceOf(BedrockException);
    return error as BedrockException;
  }
  throw new Error("nothing was refused");
}

describe("a message about violations", () => {
  it("reports the first 20", () => {
    const { message } = refusal((reader) => {
      for (let i = 0; i < 1000; i += 1) reader.violate(`list.${i}`, null, "not be null");
    });
    expect(message).toMatch(/^20 validation errors detected: /u);
    expect(message).toContain("list.19'");
    expect(message).not.toContain("list.20'");
  });

  it("quotes the beginning of a value", () => {
    const { message } = refusal((reader) => reader.violate("role", "x".repeat(1_000_000), "be short"));
    expect(message).toBe(
      `1 validation error detected: Value '${"x".repeat(200)}' at 'role' failed to satisfy constraint: Member must be short`,
    );
  });
});

it("reads own members only, not those of a prototype", () => {
  const reader = new RequestReader();
  const body = reader.parse(new TextEncoder().encode('{"__proto__":{"text":"a"},"constructor":null}'));
  expect([
    reader.string(body, "text"),
    reader.object(body, "constructor"),
    reader.string(body, "toString"),
  ]).toEqual([undefined, undefined, undefined]);
});
