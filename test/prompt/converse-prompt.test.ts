import fc from "fast-check";
import llama3 from "llama3-tokenizer-js";
import { describe, expect, it } from "vitest";

import type { Chat, LlamaFamily, Message, Part, Tool, ToolResultContent } from "../../src/bedrock/index.js";
import { conversePrompt, PartNotRenderableError, promptFormats } from "../../src/prompt/index.js";
import { converseCounts } from "../support/golden-counts.js";
import { anyContent, assistant, chat, conversations, system, user } from "./support.js";

const families = Object.keys(promptFormats) as LlamaFamily[];
const withTools = ["llama-3-1", "llama-4"] as const;

const text = (value: string): Part => ({ type: "text", text: value });
const image: Part = { type: "image", format: "png", bytes: new Uint8Array() };
const use = (name: string, input: Record<string, number>): Part => ({
  type: "toolUse",
  id: "t1",
  name,
  input,
});
const result = (...content: ToolResultContent[]): Part => ({ type: "toolResult", toolUseId: "t1", content });
const of = (role: Message["role"], ...parts: Part[]): Message => ({ role, parts });

const add: Tool = {
  name: "add",
  description: "Add two integers",
  inputSchema: {
    type: "object",
    properties: { a: { type: "integer" } },
    required: ["a", "b"],
    enum: [],
    not: {},
  },
};
const bare: Tool = { name: "now", description: undefined, inputSchema: {} };

/** What the turns of a role say. */
function turns(prompt: string, role: string): string[] {
  return prompt
    .split(/<\|(?:start_header_id|header_start)\|>/)
    .filter((turn) => turn.startsWith(`${role}<|`))
    .map((turn) => turn.replace(/^.*?\|>\n\n/s, "").replace(/<\|eot(?:_id)?\|>$/, ""));
}

describe("conversePrompt", () => {
  it("writes Llama 2's own format", () => {
    fc.assert(
      fc.property(conversations(anyContent, anyContent), (messages) => {
        expect(conversePrompt("llama-2", chat(messages))).toBe(promptFormats["llama-2"].render(messages));
      }),
    );
  });

  it("writes an empty system turn and no last blank line for Llama 3", () => {
    expect(conversePrompt("llama-3", chat([user("Hi")]))).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>",
    );
    expect(conversePrompt("llama-3", chat([system("S"), user("Hi"), assistant("Sure, ")]))).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nSure, ",
    );
  });

  it("writes Meta's format for Llama 3.1", () => {
    fc.assert(
      fc.property(conversations(anyContent, anyContent), (messages) => {
        expect(conversePrompt("llama-3-1", chat(messages))).toBe(promptFormats["llama-3-1"].render(messages));
      }),
    );
  });

  it("writes Llama 3.1's dates in Llama 4's markers", () => {
    fc.assert(
      fc.property(conversations(anyContent, anyContent), (messages) => {
        const prompt = conversePrompt("llama-3-1", chat(messages))
          .replaceAll("<|start_header_id|>", "<|header_start|>")
          .replaceAll("<|end_header_id|>", "<|header_end|>")
          .replaceAll("<|eot_id|>", "<|eot|>");
        expect(conversePrompt("llama-4", chat(messages))).toBe(prompt);
      }),
    );
  });

  it.each(withTools)("declares tools in the first user turn of %s", (family) => {
    const prompt = conversePrompt(family, {
      messages: [system("S"), user("U1"), assistant("A1"), user("U2")],
      tools: [add, bare],
    });
    expect(turns(prompt, "system")).toEqual([
      "Environment: ipython\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nS",
    ]);
    expect(turns(prompt, "user")).toEqual([
      `Given the following functions, please respond with a JSON for a function call with its proper arguments that best answers the given prompt.

Respond in the format {"name": function name, "parameters": dictionary of argument name and its value}.Do not use variables.

{
    "name": "add",
    "description": "Add two integers",
    "parameters": {
        "type": "object",
        "properties": {
            "a": {
                "type": "integer"
            }
        },
        "required": [
            "a",
            "b"
        ],
        "enum": [ ],
        "not": { }
    }
}

{
    "name": "now",
    "description": null,
    "parameters": { }
}

U1`,
      "U2",
    ]);
  });

  it.each(withTools)("writes calls and results of %s", (family) => {
    const prompt = conversePrompt(family, {
      messages: [
        user("U1"),
        of("assistant", use("add", { a: 2, b: 3 })),
        of("user", result({ type: "text", text: 'It\'s "5"\n' })),
        assistant("A2"),
        user("U3"),
        of("assistant", text("Both."), use("add", { a: 1 }), use("now", {})),
        of(
          "user",
          result({ type: "json", value: { sum: [5, 1.5], x: null } }),
          result({ type: "text", text: "a" }, { type: "json", value: {} }),
          result(),
          text("More"),
        ),
      ],
      tools: [add],
    });
    expect(turns(prompt, "assistant")).toEqual([
      '{"name": "add", "parameters": {"a":2,"b":3}}',
      "A2",
      'Both.\n{"name": "add", "parameters": {"a":1}}\n{"name": "now", "parameters": {}}',
      "",
    ]);
    expect(turns(prompt, "ipython")).toEqual([
      String.raw`"It's \"5\"\n"`,
      '{"sum":[5,1.5],"x":null}',
      String.raw`"a\n{}"`,
      '""',
    ]);
    expect(turns(prompt, "user").slice(1)).toEqual(["U3", "More"]);
  });

  it.each(withTools)("writes images of %s as markers, beside text and in results", (family) => {
    const prompt = conversePrompt(
      family,
      chat([
        of("user", image, image, text("Which is red?"), text("Why?"), image),
        of("assistant", use("look", {})),
        of(
          "user",
          result({ type: "text", text: "a" }, { type: "image", format: "png", bytes: new Uint8Array() }),
        ),
      ]),
    );
    expect(turns(prompt, "user")).toEqual(["<|image|><|image|>Which is red?\nWhy?<|image|>"]);
    expect(turns(prompt, "ipython")).toEqual(['"a<|image|>"']);
  });

  it("declares tools before an image in the first user turn, and without any user turn", () => {
    const declared = /Do not use variables\.\n\n\{.*\n\}\n\n<\|image\|>Hi<\|eot_id\|>/s;
    expect(conversePrompt("llama-3-1", { messages: [of("user", image, text("Hi"))], tools: [add] })).toMatch(
      declared,
    );
    expect(turns(conversePrompt("llama-3-1", { messages: [], tools: [add] }), "user")).toHaveLength(1);
  });

  it.each(families)("writes a document of %s as text, and refuses one that has not been read", (family) => {
    const document = { type: "document", name: "D", format: "txt", bytes: new Uint8Array() } as const;
    expect(conversePrompt(family, chat([of("user", text("Hi"), { ...document, text: "Dummy" })]))).toContain(
      "Dummy",
    );
    expect(() => conversePrompt(family, chat([of("user", text("Hi"), document)]))).toThrow(
      PartNotRenderableError,
    );
  });

  it("writes schemas and inputs of any depth, in a length that stays in proportion", () => {
    const depth = 100_000;
    const deep = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Tool["inputSchema"];
    const messages = [
      user("U"),
      of("assistant", { type: "toolUse", id: "t1", name: "add", input: { deep } }),
      of("user", result({ type: "json", value: deep })),
    ];
    const prompt = conversePrompt("llama-3-1", { messages, tools: [{ ...add, inputSchema: { deep } }] });
    expect(prompt).toContain(`{"deep":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    expect(prompt.length).toBeLessThan(300 * depth);
  });

  it("writes JSON as JSON.stringify does, but for the space in what is empty", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const inputSchema = value as Tool["inputSchema"];
        const prompt = conversePrompt("llama-3-1", {
          messages: [user("U"), of("user", result({ type: "json", value: inputSchema }))],
          tools: [{ ...bare, inputSchema }],
        });
        const written = JSON.stringify({ name: "now", description: null, parameters: value }, null, 4);
        const isString = (part: string) => part.startsWith('"');
        const spaced = written
          .split(/("(?:[^"\\]|\\.)*")/)
          .map((part) => (isString(part) ? part : part.replaceAll("{}", "{ }").replaceAll("[]", "[ ]")))
          .join("");
        expect(prompt).toContain(`\n\n${spaced}\n\nU<|eot_id|>`);
        expect(prompt).toContain(`ipython<|end_header_id|>\n\n${JSON.stringify(value)}<|eot_id|>`);
      }),
    );
  });

  it("never throws on a mix of calls, results, images and texts", () => {
    const part = fc.constantFrom<Part>(
      text("x"),
      text(""),
      image,
      use("add", { a: 1 }),
      result(),
      result({ type: "text", text: "5" }),
    );
    const message = fc.record({
      role: fc.constantFrom<Message["role"]>("system", "user", "assistant"),
      parts: fc.array(part, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.constantFrom("llama-3", ...withTools),
        (messages, family) => {
          const prompt = conversePrompt(family, { messages, tools: [add] } satisfies Chat);
          const images = messages.flatMap(({ parts }) => parts).filter(({ type }) => type === "image");
          expect(prompt.split("<|image|>")).toHaveLength(images.length + 1);
        },
      ),
    );
  });

  it.each(converseCounts.map(({ title, family, tokens, chat }) => [title, tokens, family, chat] as const))(
    "%s: %i tokens, as on Bedrock",
    (_, tokens, family, messages) => {
      expect(llama3.encode(conversePrompt(family, messages), { bos: false, eos: false })).toHaveLength(
        tokens,
      );
    },
  );
});
