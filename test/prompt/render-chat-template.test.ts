import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Message, Part, Tool } from "../../src/bedrock/index.js";
import {
  ChatTemplateError,
  conversePrompt,
  PartNotRenderableError,
  plainText,
  readPrompt,
  readTemplateToolCalls,
  renderChatTemplate,
} from "../../src/prompt/index.js";
import { chat, anyContent, assistant, conversations, system, user } from "./support.js";
import { LLAMA_2, LLAMA_3, LLAMA_3_1, MISTRAL_NEMO, NO_SYSTEM, QWEN_2_5, SMOLLM2 } from "./templates.js";

const tokens = { bosToken: "<s>", eosToken: "</s>" };
const smollm2 = (messages: readonly Message[]) => renderChatTemplate(SMOLLM2, chat(messages), tokens);

const DEFAULT_SYSTEM =
  "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n";

/** Steps that grow with the square of the length take minutes. */
const QUADRATIC_MS = 60_000;

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

describe("renderChatTemplate with tools", () => {
  const tools: Tool[] = [
    {
      name: "add",
      description: "Adds.",
      inputSchema: { type: "object", properties: { a: { type: "integer" } } },
    },
    { name: "now", description: undefined, inputSchema: {} },
  ];
  const use = (id: string, name: string, input: Record<string, number>): Part => ({
    type: "toolUse",
    id,
    name,
    input,
  });
  const result = (toolUseId: string, text: string): Part => ({
    type: "toolResult",
    toolUseId,
    content: [{ type: "text", text }],
  });
  const calls = (...parts: Part[]): Message => ({ role: "assistant", parts });
  const results = (...parts: Part[]): Message => ({ role: "user", parts });
  const render = (template: string, ...messages: Message[]) =>
    renderChatTemplate(template, { messages, tools }, tokens);

  const oneCall = [
    system("Be brief."),
    user("2+3?"),
    calls(use("tooluse_tdmpoyAAhACnMgSAh4lOVF", "add", { a: 2 })),
    results(result("tooluse_tdmpoyAAhACnMgSAh4lOVF", "five")),
  ];
  const twoCalls = [
    user("2+3?"),
    calls(use("t1", "add", { a: 2 }), use("t2", "now", {})),
    results(result("t1", "five"), result("t2", "noon")),
  ];

  const ADD =
    '{"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}';
  const NOW = '{"name": "now", "description": "", "parameters": {}}';
  const wrapped = (json: string) => `{"type": "function", "function": ${json}}`;

  it("gives them to Qwen2.5's template, in a turn of two calls too", () => {
    const declaration = `<tools>\n${wrapped(ADD)}\n${wrapped(NOW)}\n</tools>`;
    const one = render(QWEN_2_5, ...oneCall);
    expect(one).toMatch(/^<\|im_start\|>system\nBe brief\.\n\n# Tools\n/);
    expect(one).toContain(declaration);
    expect(one.slice(one.indexOf("<|im_start|>user"))).toBe(
      "<|im_start|>user\n2+3?<|im_end|>\n" +
        '<|im_start|>assistant\n<tool_call>\n{"name": "add", "arguments": {"a": 2}}\n</tool_call><|im_end|>\n' +
        "<|im_start|>user\n<tool_response>\nfive\n</tool_response><|im_end|>\n<|im_start|>assistant\n",
    );
    const two = render(QWEN_2_5, ...twoCalls);
    expect(two.slice(two.indexOf("<|im_start|>assistant"))).toBe(
      '<|im_start|>assistant\n<tool_call>\n{"name": "add", "arguments": {"a": 2}}\n</tool_call>\n' +
        '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call><|im_end|>\n' +
        "<|im_start|>user\n<tool_response>\nfive\n</tool_response>\n<tool_response>\nnoon\n</tool_response><|im_end|>\n" +
        "<|im_start|>assistant\n",
    );
  });

  it("gives them to Mistral's template, which needs ids of nine characters, and keeps the system text", () => {
    expect(render(MISTRAL_NEMO, ...oneCall)).toBe(
      `<s>[AVAILABLE_TOOLS][${wrapped(ADD)}, ${wrapped(NOW)}][/AVAILABLE_TOOLS][INST]Be brief.\n\n2+3?[/INST]` +
        '[TOOL_CALLS][{"name": "add", "arguments": {"a": 2}, "id": "call00001"}]</s>' +
        '[TOOL_RESULTS]{"content": five, "call_id": "call00001"}[/TOOL_RESULTS]',
    );
    expect(render(MISTRAL_NEMO, ...twoCalls)).toContain(
      '[TOOL_CALLS][{"name": "add", "arguments": {"a": 2}, "id": "call00001"}, ' +
        '{"name": "now", "arguments": {}, "id": "call00002"}]</s>' +
        '[TOOL_RESULTS]{"content": five, "call_id": "call00001"}[/TOOL_RESULTS]' +
        '[TOOL_RESULTS]{"content": noon, "call_id": "call00002"}[/TOOL_RESULTS]',
    );
  });

  it("gives every call an id of its own, also where the conversation uses one again", () => {
    const again = [calls(use("t1", "add", { a: 2 })), results(result("t1", "five"))];
    const rendered = render(MISTRAL_NEMO, user("2+3?"), ...again, ...again, ...again);
    expect(rendered.match(/call\d+/gu)).toEqual(
      ["call00001", "call00002", "call00003"].flatMap((id) => [id, id]),
    );
  });

  it("gives them to Llama 3.1's template; where that refuses two calls in a turn, they are text", () => {
    const one = render(LLAMA_3_1, ...oneCall);
    expect(one).toContain("Environment: ipython\n");
    expect(one).toContain('"type": "function"');
    expect(one).toMatch(
      /\{"name": "add", "parameters": \{"a": 2\}\}<\|eot_id\|>.*ipython<\|end_header_id\|>\n\n"five"<\|eot_id\|>/s,
    );
    const two = render(LLAMA_3_1, ...twoCalls);
    expect(two).not.toContain('"type": "function"');
    expect(two).toContain(
      '{"name": "add", "parameters": {"a":2}}\n{"name": "now", "parameters": {}}<|eot_id|>',
    );
    expect(two).toContain('user<|end_header_id|>\n\n"five"\n"noon"<|eot_id|>');
  });

  it.each([
    ["SmolLM2", SMOLLM2],
    ["Llama 3", LLAMA_3],
    ["Llama 2, whose roles must alternate", LLAMA_2],
    ["a template without a system role", NO_SYSTEM],
  ])("writes them as text for %s, as Converse does", (_, template) => {
    for (const messages of [oneCall, twoCalls]) {
      const rendered = render(template, ...messages);
      const declaration = /Given the following functions.*2\+3\?/s.exec(
        conversePrompt("llama-3-1", { messages, tools }),
      )?.[0];
      expect(declaration).toContain('"name": "now"');
      expect(rendered).toContain(declaration);
      expect(rendered).toContain('{"name": "add", "parameters": {"a":2}}');
      expect(rendered.indexOf('"five"')).toBeGreaterThan(rendered.indexOf('{"a":2}'));
      expect(rendered.match(/Given the following functions/g)).toHaveLength(1);
    }
  });

  it("writes them as text where a template shows only some of what it is given", () => {
    // declares tools, and has no result: the agent would call again and again
    const noResult =
      "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{% if m.role != 'tool' %}{{ m.content }}|{% endif %}{% endfor %}";
    // only the first call of a turn
    const firstCall =
      "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.content }}|{% if m.tool_calls %}{{ m.tool_calls[0] | tojson }}|{% endif %}{% endfor %}";
    expect(render(noResult, ...oneCall)).toContain('"five"');
    expect(render(firstCall, ...oneCall)).not.toContain("Given the following");
    expect(render(firstCall, ...twoCalls)).toContain('{"name": "now", "parameters": {}}');
  });

  it("continues a prefilled answer", () => {
    expect(render(QWEN_2_5, ...oneCall, assistant("The sum is "))).toMatch(
      /<\|im_start\|>assistant\nThe sum is $/,
    );
    expect(render(SMOLLM2, ...oneCall, assistant("The sum is "))).toMatch(
      /<\|im_start\|>assistant\nThe sum is $/,
    );
  });

  it("writes a text beside a call, JSON and images in results, and results of no call", () => {
    const rendered = render(
      QWEN_2_5,
      user("U"),
      calls({ type: "text", text: "Let me see." }, use("t1", "add", { a: 2 })),
      results(
        {
          type: "toolResult",
          toolUseId: "t1",
          content: [
            { type: "json", value: { sum: 5 } },
            { type: "image", format: "png", bytes: new Uint8Array() },
          ],
        },
        result("unknown", "x"),
        { type: "text", text: "More" },
      ),
    );
    expect(rendered).toContain("assistant\nLet me see.\n<tool_call>");
    expect(rendered).toContain(
      '<tool_response>\n{"sum":5}<|image|>\n</tool_response>\n<tool_response>\nx\n</tool_response>',
    );
    expect(rendered).toContain("<|im_start|>user\nMore<|im_end|>");
  });

  it("refuses documents that have not been read", () => {
    const document: Part = { type: "document", name: "D", format: "txt", bytes: new Uint8Array() };
    for (const template of [SMOLLM2, QWEN_2_5, "{% broken"]) {
      expect(() => render(template, results(document))).toThrow(PartNotRenderableError);
    }
  });

  it("throws the error of the text where a template can render neither", () => {
    const refusal = "{{ raise_exception('No.') }}";
    expect(() => render(refusal, ...oneCall)).toThrow(expect.objectContaining({ reason: "No." }));
  });

  it.each([
    ["deep", 100_000, 0],
    ["deep and wide", 5_000, 100_000],
  ])(
    "writes a schema as text that is so %s that a template's printer fails",
    { timeout: QUADRATIC_MS },
    (_, depth, width) => {
      const inputSchema = JSON.parse(
        `${"[".repeat(depth)}${Array.from({ length: width }, (_value, i) => i).join()}${"]".repeat(depth)}`,
      ) as Tool["inputSchema"];
      for (const template of [QWEN_2_5, LLAMA_3_1, MISTRAL_NEMO]) {
        const messages = [user("Hi")];
        const deep = [{ name: "deep", description: undefined, inputSchema }];
        const rendered = renderChatTemplate(template, { messages, tools: deep }, tokens);
        expect(rendered).toContain("Given the following functions");
        expect(rendered.length).toBeLessThan(300 * (depth + width));
      }
    },
  );

  it("writes calls that are read as they were", () => {
    const written = fc.array(
      fc.tuple(fc.constantFrom("add", "now"), fc.dictionary(fc.string(), fc.jsonValue())),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(written, fc.constantFrom(SMOLLM2, QWEN_2_5), (uses, template) => {
        // as JSON has it: without -0
        const inputs = uses.map(([name, input]) => ({
          name,
          input: JSON.parse(JSON.stringify(input)) as Tool["inputSchema"],
        }));
        const parts = inputs.map((call, index): Part => ({ type: "toolUse", id: `t${index}`, ...call }));
        const rendered = render(template, user("U"), calls(...parts), user("V"));
        const answer = rendered.slice(
          rendered.indexOf("<|im_start|>assistant\n") + "<|im_start|>assistant\n".length,
          rendered.lastIndexOf("<|im_end|>\n<|im_start|>user\nV"),
        );
        const read = readTemplateToolCalls(answer, tools)?.map(({ name, inputJson }) => ({
          name,
          input: JSON.parse(inputJson) as unknown,
        }));
        expect(read).toEqual(inputs);
      }),
    );
  });
});

describe("plainText", () => {
  it("has tools as text", () => {
    const text = plainText({
      messages: [
        system("S"),
        user("U"),
        { role: "assistant", parts: [{ type: "toolUse", id: "t1", name: "add", input: {} }] },
        {
          role: "user",
          parts: [{ type: "toolResult", toolUseId: "t1", content: [{ type: "text", text: "5" }] }],
        },
      ],
      tools: [{ name: "add", description: undefined, inputSchema: {} }],
    });
    expect(text).toMatch(/^S\n\nGiven the following functions/);
    expect(text).toMatch(/\n\nU\n\n\{"name": "add", "parameters": \{\}\}\n\n"5"$/);
  });
});
