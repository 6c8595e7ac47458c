import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/bedrock/index.js";
import { MessageOrderError, promptFormats, renderChatTemplate } from "../../src/prompt/index.js";
import { chat, assistant, conversations, system, trimmedContent, user } from "./support.js";
import { LLAMA_2 } from "./templates.js";

const format = promptFormats["llama-2"];

/** The format trims texts. A prefilled answer keeps its end, and reads as none if it is blank. */
const prefill = fc
  .tuple(trimmedContent, fc.constantFrom("", " ", "\n"))
  .map(([text, end]) => `${text}${end}`)
  .filter((text) => text.trim() !== "");
const wellFormed = conversations(trimmedContent, prefill);

describe("llama-2", () => {
  it("renders a whole conversation as Meta does, without the first <s>", () => {
    const messages = [system("Be brief."), user("Hi"), assistant("Hello."), user("Who are you?")];
    expect(format.render(messages)).toBe(
      "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Who are you? [/INST]",
    );
  });

  it("leaves a prefilled answer open", () => {
    expect(format.render([user("Hi"), assistant("Sure, ")])).toBe("[INST] Hi [/INST] Sure, ");
  });

  it("parses what it rendered", () => {
    fc.assert(
      fc.property(wellFormed, (messages) => {
        expect(format.parse(format.render(messages))).toEqual(messages);
        expect(format.parse(`<s>${format.render(messages)}`)).toEqual(messages);
      }),
    );
  });

  it("renders what it parsed", () => {
    fc.assert(
      fc.property(wellFormed, (messages) => {
        const prompt = format.render(messages);
        expect(format.render(format.parse(prompt) ?? [])).toBe(prompt);
      }),
    );
  });

  it("renders what the model's own template renders", () => {
    const tokens = { bosToken: "<s>", eosToken: "</s>" };
    fc.assert(
      // Meta and the template trim system text and question together, which is the same if neither is empty
      fc.property(
        conversations(
          trimmedContent.filter((text) => text !== ""),
          prefill,
        ),
        (messages) => {
          expect(`<s>${format.render(messages)}`).toBe(renderChatTemplate(LLAMA_2, chat(messages), tokens));
        },
      ),
    );
  });

  it.each<[string, Message[], number]>([
    ["nothing", [], 0],
    ["only a system message", [system("x")], 1],
    ["an answer to nothing", [assistant("x")], 0],
    ["two questions in a row", [user("x"), user("y")], 1],
    ["a late system message", [user("x"), system("y")], 1],
    ["two system messages", [system("x"), system("y"), user("z")], 1],
  ])("refuses %s", (_, messages, index) => {
    expect(() => format.render(messages)).toThrow(MessageOrderError);
    expect(() => format.render(messages)).toThrow(expect.objectContaining({ format: "llama-2", index }));
  });

  it("isn't recognized without its opening marker", () => {
    expect(format.parse("What is <s>? [/INST]")).toBeUndefined();
  });
});
