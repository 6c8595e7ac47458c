import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptFormats, renderChatTemplate, textOf } from "../../src/prompt/index.js";
import { chat, anyContent, assistant, conversations, system, trimmedContent, user } from "./support.js";
import { LLAMA_3 } from "./templates.js";

const prefill = anyContent.filter((text) => text.trim() !== "");
const tokens = { bosToken: "<|begin_of_text|>", eosToken: "<|eot_id|>" };

describe("llama-3", () => {
  const format = promptFormats["llama-3"];
  const wellFormed = conversations(anyContent, prefill);

  it("renders a whole conversation as Meta does", () => {
    const messages = [system("Be brief."), user("Hi"), assistant("Hello."), user("Who are you?")];
    expect(format.render(messages)).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
        "<|start_header_id|>assistant<|end_header_id|>\n\nHello.<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nWho are you?<|eot_id|>" +
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    );
  });

  it("leaves a prefilled answer open", () => {
    expect(format.render([user("Hi"), assistant(" Sure, ")])).toBe(
      "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>" +
        "<|start_header_id|>assistant<|end_header_id|>\n\n Sure, ",
    );
  });

  it("parses what it rendered, white space included", () => {
    fc.assert(
      fc.property(wellFormed, (messages) => {
        expect(format.parse(format.render(messages))).toEqual(messages);
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
    const trimmedPrefill = trimmedContent.filter((text) => text !== "");
    fc.assert(
      fc.property(conversations(trimmedContent, trimmedPrefill), (messages) => {
        expect(format.render(messages)).toBe(renderChatTemplate(LLAMA_3, chat(messages), tokens));
      }),
    );
  });

  it("parses a tool's result as a user message, and the end of a tool call as the end of a turn", () => {
    const prompt =
      "<|start_header_id|>assistant<|end_header_id|>\n\ncall()<|eom_id|>" +
      "<|start_header_id|>ipython<|end_header_id|>\n\n42<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    expect(format.parse(prompt)).toEqual([assistant("call()"), user("42")]);
  });

  it("isn't recognized without its opening marker", () => {
    expect(format.parse("<|begin_of_text|>The sky is")).toBeUndefined();
  });
});

describe("llama-3-1", () => {
  const format = promptFormats["llama-3-1"];
  const wellFormed = conversations(
    anyContent,
    prefill,
    anyContent.filter((text) => text !== ""),
  );

  it("renders Llama 3's format with a preamble in the system turn", () => {
    expect(format.render([system("Be brief."), user("Hi")])).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n" +
        "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    );
  });

  it("renders the preamble without a system message", () => {
    expect(format.render([user("Hi")])).toContain(
      "system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>",
    );
  });

  it("parses what it rendered", () => {
    fc.assert(
      fc.property(wellFormed, (messages) => {
        expect(format.parse(format.render(messages))).toEqual(messages);
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

  it("isn't recognized in a Llama 3 prompt, nor with other dates", () => {
    const llama3 = promptFormats["llama-3"];
    expect(format.parse(llama3.render([system("x"), user("y")]))).toBeUndefined();
    const dated = format.render([user("y")]).replace("26 Jul 2024", "1 Jan 2025");
    expect(format.parse(dated)).toBeUndefined();
    expect(textOf(llama3.parse(dated)?.[0] ?? system(""))).toContain("1 Jan 2025");
  });
});

describe("promptFormats", () => {
  it("lists each format under its own name", () => {
    for (const [name, format] of Object.entries(promptFormats)) expect(format.name).toBe(name);
  });
});
