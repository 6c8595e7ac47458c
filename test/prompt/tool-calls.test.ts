import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Tool } from "../../src/bedrock/index.js";
import { readTemplateToolCalls, readToolCalls } from "../../src/prompt/index.js";

const tools = ["add", "get_weather", "__proto__", "Ünï\"'\\"].map((name): Tool => ({
  name,
  description: undefined,
  inputSchema: {},
}));

/** Steps that grow with the square of the length take minutes. */
const QUADRATIC_MS = 60_000;

/** White space between the tokens of JSON. */
const space = fc.constantFrom("", " ", "\n", "\r\n", "\t", "  \n ");

/** Numbers as models write them, most of which no parser gives back. */
const number = fc.constantFrom(
  "0",
  "-0",
  "1.0",
  "30",
  "1e400",
  "1E-7",
  "9007199254740993",
  "1234567890123456789",
);

/** JSON as text, with and without white space between its tokens. */
interface Written {
  readonly spaced: string;
  readonly compact: string;
}

const scalar: fc.Arbitrary<Written> = fc
  .oneof(number, fc.constantFrom("true", "false", "null"), fc.string({ unit: "binary" }).map(quoted))
  .map((text) => ({ spaced: text, compact: text }));

const key = fc.oneof(
  fc.string(),
  fc.constantFrom("__proto__", "constructor", "1", "0", "name", "parameters", "a", "a"),
);

const { object } = fc.letrec<{ value: Written; list: Written; object: Written }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, tie("list"), tie("object")),
  list: bracketed("[", fc.array(tie("value"), { maxLength: 4 }), "]"),
  object: bracketed(
    "{",
    fc.array(
      fc.tuple(key, space, space, tie("value")).map(([name, before, after, { spaced, compact }]) => ({
        spaced: `${quoted(name)}${before}:${after}${spaced}`,
        compact: `${quoted(name)}:${compact}`,
      })),
      { maxLength: 4 },
    ),
    "}",
  ),
}));

function bracketed(
  open: string,
  items: fc.Arbitrary<readonly Written[]>,
  close: string,
): fc.Arbitrary<Written> {
  return fc.tuple(items, space, space).map(([written, before, after]) => ({
    spaced: `${open}${before}${written.map(({ spaced }) => spaced).join(`${before},${after}`)}${after}${close}`,
    compact: `${open}${written.map(({ compact }) => compact).join(",")}${close}`,
  }));
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

const toolName = fc.constantFrom(...tools.map(({ name }) => name));

describe.each([
  ["readToolCalls", readToolCalls],
  ["readTemplateToolCalls", readTemplateToolCalls],
])("%s", (_, read) => {
  it.each([
    ["without a type", '{"name": "add", "parameters": {"a": 2, "b": 3}}', '{"a":2,"b":3}'],
    ["with a type", '{"type": "function", "name": "add", "parameters": {}}', "{}"],
    [
      "its type last, white space around it",
      '\n {"parameters": { },\n"name":"add","type":"function"} \n',
      "{}",
    ],
    ["numbers as strings", '{"name":"add","parameters":{"age": "30"}}', '{"age":"30"}'],
    [
      "numbers that a parser would change",
      '{"name":"add","parameters":{"id": 1234567890123456789, "x": 1.0, "y": 1e400}}',
      '{"id":1234567890123456789,"x":1.0,"y":1e400}',
    ],
    [
      "members that an object would reorder or lose",
      '{"name":"add","parameters":{"b": 1, "2": 1, "1": 1, "b": 2, "__proto__": {"x": 1}}}',
      '{"b":1,"2":1,"1":1,"b":2,"__proto__":{"x":1}}',
    ],
    [
      "white space and brackets in strings",
      '{"name":"add","parameters":{"a b": "} ,\\" : ]"}}',
      '{"a b":"} ,\\" : ]"}',
    ],
    ["an escaped name", '{"na\\u006de":"\\u0061dd","parameters":{}}', "{}"],
  ])("reads a call %s", (_case, answer, inputJson) => {
    expect(read(answer, tools)).toEqual([{ name: "add", inputJson }]);
  });

  it("reads every call that can be written, and changes nothing but white space", () => {
    fc.assert(
      fc.property(toolName, object, fc.boolean(), space, (name, input, typed, gap) => {
        const members = [`"name"${gap}:${quoted(name)}`, `"parameters":${gap}${input.spaced}`];
        if (typed) members.unshift('"type": "function"');
        const answer = `${gap}{${gap}${members.join(`${gap},${gap}`)}${gap}}${gap}`;
        expect(read(answer, tools)).toEqual([{ name, inputJson: input.compact }]);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["nothing", ""],
    ["white space", " \n"],
    ["words", "The sum is 5."],
    ["no object", '"add"'],
    ["an empty object", "{}"],
    [
      "a tool that isn't declared",
      '{"type": "function", "name": "get_joke", "parameters": {"category": "cats"}}',
    ],
    ["a declared name in other case", '{"name": "Add", "parameters": {}}'],
    ["the name of an object's own method", '{"name": "toString", "parameters": {}}'],
    ["a name that isn't text", '{"name": 1, "parameters": {}}'],
    ["no parameters", '{"name": "add"}'],
    ["parameters that are a list", '{"name": "add", "parameters": [1]}'],
    ["parameters that are null", '{"name": "add", "parameters": null}'],
    ["parameters that are words", '{"name": "add", "parameters": "a=2"}'],
    ["text before it", 'Sure: {"name": "add", "parameters": {}}'],
    ["text after it", '{"name": "add", "parameters": {}} Done.'],
    ["JSON that doesn't end", '{"name": "add", "parameters": {"a": 2'],
    ["JSON that ends too early", '{"name": "add", "parameters": {}'],
    ["a comma too many", '{"name": "add", "parameters": {"a": 2,}}'],
    ["single quotes", "{'name': 'add', 'parameters': {}}"],
    ["a line break in a string", '{"name": "add", "parameters": {"a": "x\ny"}}'],
  ])("reads %s as text", (_case, answer) => {
    expect(read(answer, tools)).toBeUndefined();
  });

  it("reads every answer as text if no tool is declared", () => {
    expect(read('{"name": "add", "parameters": {}}', [])).toBeUndefined();
  });

  it("never throws", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{"name":"add",',
        '"parameters":',
        '"arguments":',
        '"function":',
        "{}",
        "[",
        "]",
        "{",
        "}",
      ),
      fc.constantFrom(
        "<tool_call>",
        "</tool_call>",
        "[TOOL_CALLS]",
        "```",
        "json\n",
        '"',
        "\\",
        ",",
        ":",
        " ",
        ";",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.constant('{"name":"add","parameters":{}}'),
    );
    fc.assert(
      fc.property(fc.string({ unit: piece, maxLength: 20 }), (answer) => {
        const calls = read(answer, tools);
        for (const { name, inputJson } of calls ?? []) {
          expect(tools.map((tool) => tool.name)).toContain(name);
          expect(JSON.parse(inputJson)).toBeTypeOf("object");
        }
        expect(calls).not.toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it("reads brackets up to a depth that clients can decode", { timeout: QUADRATIC_MS }, () => {
    const depth = 100_000;
    // the object of the call, that of its arguments, and the lists
    const lists = (count: number) => `{"x":${"[".repeat(count)}${"]".repeat(count)}}`;
    const call = (input: string) => `{"name":"add","parameters":${input}}`;
    expect(read(call(lists(498)), tools)).toEqual([{ name: "add", inputJson: lists(498) }]);
    // more than clients can decode
    for (const count of [499, depth]) expect(read(call(lists(count)), tools)).toBeUndefined();
    for (const open of ["[", "{", '{"name":', '{"function":', "<tool_call>[", "```{", "[TOOL_CALLS]["]) {
      expect(read(open.repeat(depth), tools)).toBeUndefined();
    }
  });

  it("reads a long answer in one pass", { timeout: QUADRATIC_MS }, () => {
    const length = 200_000;
    for (const part of [
      " ",
      '"',
      '\\"',
      "{}",
      "[]",
      ",",
      "a",
      "<tool_call>",
      "</tool_call>",
      "```",
      "[TOOL_CALLS]",
    ]) {
      expect(read(part.repeat(length), tools)).toBeUndefined();
      expect(read(`{"name":"add","parameters":${part.repeat(length)}`, tools)).toBeUndefined();
    }
    const members = Array.from({ length }, (_unused, i) => `"k${i}":[{}]`).join();
    expect(read(`{"name":"add","parameters":{${members}}}`, tools)).toEqual([
      { name: "add", inputJson: `{${members}}` },
    ]);
  });
});

describe("readToolCalls", () => {
  it.each([
    ["another type", '{"type": "object", "name": "add", "parameters": {}}'],
    ["a type that isn't text", '{"type": 1, "name": "add", "parameters": {}}'],
    ["another member", '{"name": "add", "parameters": {}, "id": "x"}'],
    ["a member twice", '{"name": "add", "name": "add", "parameters": {}}'],
    ["arguments", '{"name": "add", "arguments": {}}'],
    ["a list", '[{"name": "add", "parameters": {}}]'],
    ["several calls", '{"name": "add", "parameters": {}}\n{"name": "add", "parameters": {}}'],
    ["a tagged call", '<tool_call>{"name": "add", "parameters": {}}</tool_call>'],
    ["a fenced call", '```json\n{"name": "add", "parameters": {}}\n```'],
  ])("reads %s as text", (_case, answer) => {
    expect(readToolCalls(answer, tools)).toBeUndefined();
  });
});

describe("readTemplateToolCalls", () => {
  const add = (inputJson: string) => ({ name: "add", inputJson });

  it.each([
    [
      "Qwen's and Hermes'",
      '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>',
      [add('{"a":1}')],
    ],
    [
      "several of Qwen's, with words around them",
      'Let me see.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>\n' +
        '<tool_call>\n{"name": "get_weather", "arguments": {}}\n</tool_call>\nDone.',
      [add('{"a":1}'), { name: "get_weather", inputJson: "{}" }],
    ],
    ["a tag that isn't closed", '<tool_call>\n{"name": "add", "arguments": {}}', [add("{}")]],
    [
      "SmolLM2's",
      '<tool_call>[{"name": "add", "arguments": {"a": 1}}, {"name": "add", "arguments": {"a": 2}}]</tool_call>',
      [add('{"a":1}'), add('{"a":2}')],
    ],
    [
      "Mistral's",
      '[TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}, "id": "abcdefghi"}]',
      [add('{"a":1}')],
    ],
    ["Mistral's without its token", '[{"name": "add", "arguments": {"a": 1}}]', [add('{"a":1}')]],
    ["arguments as Llama never writes them", '{"name": "add", "arguments": {"a": 1}}', [add('{"a":1}')]],
    [
      "several of Llama's",
      '{"name": "add", "parameters": {"a": 1}}; {"name": "add", "parameters": {"a": 2}}',
      [add('{"a":1}'), add('{"a":2}')],
    ],
    ["a fence", '```json\n{"name": "add", "parameters": {"a": 1}}\n```', [add('{"a":1}')]],
    ["a fence with words around it", 'Sure:\n```\n{"name": "add", "arguments": {}}\n```\nDone.', [add("{}")]],
    [
      "a call with a fence in its text",
      '{"name": "add", "arguments": {"text": "```js\\nx\\n```"}}',
      [add('{"text":"```js\\nx\\n```"}')],
    ],
    ["OpenAI's", '{"type":"function","function":{"name":"add","arguments":{"a":1.0}}}', [add('{"a":1.0}')]],
    [
      "OpenAI's on the wire",
      '{"id":"call_1","type":"function","function":{"name":"add","arguments":"{\\"a\\": 1.0}"}}',
      [add('{"a":1.0}')],
    ],
  ])("reads %s", (_case, answer, calls) => {
    expect(readTemplateToolCalls(answer, tools)).toEqual(calls);
  });

  it.each([
    [
      "a tool that isn't declared, beside one that is",
      '<tool_call>{"name": "add", "arguments": {}}</tool_call><tool_call>{"name": "get_joke", "arguments": {}}</tool_call>',
    ],
    ["a tag without a call", "<tool_call>add(1, 2)</tool_call>"],
    ["a tag without anything", "<tool_call></tool_call>"],
    ["an empty list", "[]"],
    ["a fence without a call", '```json\n{"sum": 5}\n```'],
    [
      "a fence with code, beside one with a call",
      '```py\nx\n```\n```json\n{"name": "add", "arguments": {}}\n```',
    ],
    ["a call in the middle of a sentence", 'I would write {"name": "add", "arguments": {}} here.'],
  ])("reads %s as text", (_case, answer) => {
    expect(readTemplateToolCalls(answer, tools)).toBeUndefined();
  });
});
