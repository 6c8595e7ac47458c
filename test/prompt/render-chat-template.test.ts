import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Message } from "../../src/bedrock/index.js";
import { ChatTemplateError, readPrompt, renderChatTemplate } from "../../src/prompt/index.js";
import { chat, anyContent, assistant, conversations, system, user } from "./support.js";
import { LLAMA_2, NO_SYSTEM, SMOLLM2 } from "./templates.js";

const tokens = { bosToken: "<s>", eosToken: "</s>" };
const smollm2 = (messages: readonly Message[]) => renderChatTemplate(SMOLLM2, chat(messages), tokens);

const DEFAULT_SYSTEM =
  "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n";

describe("renderChatTemplate", () => {
  it("renders SmolLM2's template up to the answer", () => {
    expect(smollm2([user("Hi")])).toBe(
      `${DEFAULT_SYSTEM}<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n`,
    );
  });

  it("keeps the caller's system message", () => {
    expect(smollm2([system("Be brief."), user("Hi")])).toBe(
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  it("ends with a prefilled answer, including its white space", () => {
    expect(smollm2([user("Hi"), assistant("Sure, here: ")])).toBe(
      `${DEFAULT_SYSTEM}<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nSure, here: `,
    );
    expect(renderChatTemplate(LLAMA_2, chat([user("Hi"), assistant("Sure, ")]), tokens)).toBe(
      "<s>[INST] Hi [/INST] Sure, ",
    );
  });

  it("accepts a prefilled answer that also occurs in the template", () => {
    expect(smollm2([user("Hi"), assistant("im_end")])).toMatch(/\nim_end$/);
  });

  it("renders the same text before a prefilled answer as without one", () => {
    fc.assert(
      fc.property(conversations(anyContent, fc.constant("x")), anyContent, (messages, prefill) => {
        const question = messages.filter(
          (message, index) => index < messages.length - 1 || message.role === "user",
        );
        expect(smollm2([...question, assistant(prefill)])).toBe(`${smollm2(question)}${prefill}`);
      }),
    );
  });

  it("puts the system text before the first question if the template refuses the role", () => {
    const messages = [system("Be brief."), user("Hi"), assistant("Hello."), user("Bye")];
    expect(renderChatTemplate(NO_SYSTEM, chat(messages), tokens)).toBe(
      "<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>assistant\nHello.<end_of_turn>\n" +
        "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>assistant\n",
    );
    expect(renderChatTemplate(NO_SYSTEM, chat([system("Be brief.")]), tokens)).toContain(
      "user\nBe brief.<end_of_turn>",
    );
  });

  it("does the same if the template drops the role", () => {
    const template =
      "{% for m in messages %}{% if m.role == 'user' %}Q: {{ m.content }}\n{% endif %}{% endfor %}A:";
    expect(renderChatTemplate(template, chat([system("Be brief."), user("Hi")]), tokens)).toBe(
      "Q: Be brief.\n\nHi\nA:",
    );
  });

  it("does the same where a template drops all but the first", () => {
    const template =
      "{% for m in messages %}{% if m.role == 'user' or loop.first %}{{ m.content }}\n{% endif %}{% endfor %}A:";
    // the second says what stands in the first, which isn't enough
    expect(renderChatTemplate(template, chat([system("Be brief."), system("Be"), user("Hi")]), tokens)).toBe(
      "Be brief.\n\nBe\n\nHi\nA:",
    );
  });

  it("looks for many system messages in one pass over the text", () => {
    const messages = [...Array.from({ length: 2_000 }, (_, i) => system(`Rule ${i}.`)), user("Hi")];
    const searches = [vi.spyOn(String.prototype, "indexOf"), vi.spyOn(String.prototype, "includes")];
    const rendered = smollm2(messages);
    const made = searches.flatMap(({ mock }) =>
      mock.calls.map(([part, from = 0], i) => ({ text: String(mock.contexts[i]), part, from })),
    );
    vi.restoreAllMocks();
    const steps = made
      .filter(({ text }) => text === rendered)
      .map(({ text, part, from }) => text.indexOf(part, from) + part.length - from);
    expect(steps).toHaveLength(2_000);
    expect(steps.reduce((sum, step) => sum + step)).toBeLessThanOrEqual(rendered.length);
  });

  it("passes the texts of the special tokens to the template", () => {
    expect(
      renderChatTemplate(
        "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}",
        chat([user("x")]),
        tokens,
      ),
    ).toBe("<s>x</s>");
  });

  it.each([
    ["is broken", "{% for %}", [user("x")]],
    ["calls an undefined function", "{{ nothing() }}", [user("x")]],
    ["refuses the messages", NO_SYSTEM, [system("s"), user("x"), user("y")]],
    ["leaves out the prefilled answer", "{{ messages[0].content }}", [user("x"), assistant("y")]],
  ])("throws a ChatTemplateError for a template that %s", (_, template, messages) => {
    expect(() => renderChatTemplate(template, chat(messages), tokens)).toThrow(ChatTemplateError);
  });

  it("has the template's own message as its reason", () => {
    expect(() => renderChatTemplate(NO_SYSTEM, chat([user("x"), user("y")]), tokens)).toThrow(
      expect.objectContaining({ name: "ChatTemplateError", reason: "Roles must alternate" }),
    );
  });

  it("renders a Llama 2 prompt in another model's format", () => {
    const prompt =
      "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST] Farewell,";
    expect(smollm2(readPrompt(prompt))).toBe(
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n" +
        "<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\nFarewell,",
    );
  });
});
