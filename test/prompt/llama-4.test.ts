import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { promptFormats, readPrompt } from "../../src/prompt/index.js";
import { anyContent, assistant, conversations, system, user } from "./support.js";

describe("llama-4", () => {
  const format = promptFormats["llama-4"];
  const prefill = anyContent.filter((text) => text.trim() !== "");
  const wellFormed = conversations(anyContent, prefill);

  it("renders a whole conversation as Meta does", () => {
    const messages = [system("Be brief."), user("Hi"), assistant("Hello."), user("Who are you?")];
    expect(format.render(messages)).toBe(
      "<|begin_of_text|><|header_start|>system<|header_end|>\n\nBe brief.<|eot|>" +
        "<|header_start|>user<|header_end|>\n\nHi<|eot|>" +
        "<|header_start|>assistant<|header_end|>\n\nHello.<|eot|>" +
        "<|header_start|>user<|header_end|>\n\nWho are you?<|eot|>" +
        "<|header_start|>assistant<|header_end|>\n\n",
    );
  });

  it("parses what it rendered, white space included", () => {
    fc.assert(
      fc.property(wellFormed, (messages) => {
        expect(format.parse(format.render(messages))).toEqual(messages);
      }),
    );
  });

  it("isn't mistaken for Llama 3's, nor Llama 3's for it", () => {
    const messages = [system("Be brief."), user("Hi")];
    expect(promptFormats["llama-3"].parse(format.render(messages))).toBeUndefined();
    expect(format.parse(promptFormats["llama-3"].render(messages))).toBeUndefined();
    expect(readPrompt(format.render(messages))).toEqual(messages);
  });

  it("parses the end of a tool call as the end of a turn", () => {
    const prompt =
      "<|header_start|>user<|header_end|>\n\nHi<|eom|><|header_start|>assistant<|header_end|>\n\n";
    expect(format.parse(prompt)).toEqual([user("Hi")]);
  });
});
