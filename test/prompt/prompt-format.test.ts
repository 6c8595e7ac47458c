import { describe, expect, it } from "vitest";

import type { Message, Part } from "../../src/bedrock/index.js";
import { promptFormats, textOf } from "../../src/prompt/index.js";
import { system, user } from "./support.js";

const of = (...parts: Part[]): Message => ({ role: "user", parts });
const text = (value: string): Part => ({ type: "text", text: value });

describe("textOf", () => {
  it("joins text parts with line breaks", () => {
    expect(textOf(of(text("A"), text("B\n"), text("C")))).toBe("A\nB\n\nC");
  });
});

describe.each(Object.values(promptFormats))("$name", (format) => {
  it("renders several text parts on separate lines", () => {
    const message = of(text("A"), text("B"));
    expect(format.render([system("S"), message])).toBe(format.render([system("S"), user("A\nB")]));
  });

  it.each<Part>([
    { type: "image", format: "png", bytes: new Uint8Array() },
    { type: "toolUse", id: "t1", name: "add", input: {} },
    { type: "toolResult", toolUseId: "t1", content: [] },
  ])("refuses a $type part", (part) => {
    const messages = [of(text("A"), part)];
    const error = expect.objectContaining({ name: "PartNotRenderableError", part: part.type }) as Error;
    expect(() => format.render(messages)).toThrow(error);
  });
});
