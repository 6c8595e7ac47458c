import { describe, expect, test } from "vitest";

import { createScriptedEngine, type Script, ScriptError } from "../../../src/engine/index.js";

const request = { prompt: "Hello", maxTokens: 100, temperature: 0, topP: 1 };

/** The texts of the tokens that an engine answers with, without the one that ends it. */
async function pieces(script: Script | readonly Script[], prompt = request.prompt): Promise<string[]> {
  await using engine = createScriptedEngine({ script });
  return await piecesOf(engine, prompt);
}

async function piecesOf(
  engine: ReturnType<typeof createScriptedEngine>,
  prompt: string,
  maxTokens = request.maxTokens,
): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text, stopReason } of await engine.generate({ ...request, prompt, maxTokens }))
    if (stopReason !== "stop") texts.push(text);
  return texts;
}

describe("a text", () => {
  test.each([
    ["Hello there, you!", ["Hello", " there", ",", " you", "!"]],
    ["It's 2024.\n\n  Yes", ["It", "'s", " ", "202", "4", ".\n\n", " ", " Yes"]],
    ["Größe 🦙 12", ["Größe", " 🦙", " ", "12"]],
    ["", []],
  ])("%j is played in the pieces of Llama 3's tokenizer", async (text, expected) => {
    expect(await pieces({ text })).toEqual(expected);
  });

  test("loses nothing when it is split", async () => {
    const text =
      Array.from({ length: 0x3000 }, (_, i) => String.fromCodePoint(i)).join("") + "\ud83e x\ud800";
    await using engine = createScriptedEngine({ script: { text } });
    expect((await piecesOf(engine, "Hello", 100_000)).join("")).toBe(text);
  });
});

describe("a tool call", () => {
  test("is played as the text that Llama writes, in its pieces", async () => {
    const script = { toolCall: { name: "get_weather", input: { city: "Paris" } } };
    expect(await pieces(script)).toEqual(
      [
        '{"',
        "name",
        '":',
        ' "',
        "get",
        "_weather",
        '",',
        ' "',
        "parameters",
        '":',
        ' {"',
        "city",
        '":',
        ' "',
      ].concat(["Paris", '"}}']),
    );
  });

  test.each([
    [{ name: "now" }, '{"name": "now", "parameters": {}}'],
    [
      { name: "plan", input: { days: [1, { a: [] }], text: 'a,\nb "c"', no: null } },
      String.raw`{"name": "plan", "parameters": {"days": [1, {"a": []}], "text": "a,\nb \"c\"", "no": null}}`,
    ],
  ])("%j is on one line", async (toolCall, expected) => {
    expect((await pieces({ toolCall })).join("")).toBe(expected);
  });
});

describe("scripts with `when`", () => {
  const script: readonly Script[] = [
    { when: "weather in Paris", toolCall: { name: "get_weather", input: { city: "Paris" } } },
    { when: "weather in", text: "Where?" },
    { when: "18 °C", text: "It is 18 °C." },
    { text: "First" },
    { text: "Second" },
  ];
  const answer = async (prompt: string) => (await pieces(script, prompt)).join("");

  test("answer the prompt whose latest turn has their text, however often and in whatever order it is asked", async () => {
    await using engine = createScriptedEngine({ script });
    const asked = [
      "the weather in Paris?",
      "the weather in Paris? 18 °C",
      "18 °C. What is the weather in Rome?",
    ];
    for (const prompts of [asked, asked.toReversed(), asked]) {
      const answers = await Promise.all(prompts.map((prompt) => piecesOf(engine, prompt)));
      expect(new Set(answers.map((each) => each.join("")))).toEqual(
        new Set(['{"name": "get_weather", "parameters": {"city": "Paris"}}', "It is 18 °C.", "Where?"]),
      );
    }
  });

  test("prefer the first of those that end in the same place", async () => {
    const both = [
      { when: "in Paris", text: "long" },
      { when: "Paris", text: "short" },
    ];
    expect((await pieces(both, "in Paris")).join("")).toBe("long");
    expect((await pieces(both.toReversed(), "in Paris")).join("")).toBe("short");
    expect((await pieces(both, "in Paris, Paris")).join("")).toBe("short");
  });

  test("leave every other prompt to those without, in turn", async () => {
    await using engine = createScriptedEngine({ script });
    const answers: string[] = [];
    for (const prompt of ["a", "18 °C", "b", "c"]) answers.push((await piecesOf(engine, prompt)).join(""));
    expect(answers).toEqual(["First", "It is 18 °C.", "Second", "First"]);
    expect(await answer("weather")).toBe("First");
  });

  test("refuse a prompt that none of them fits", async () => {
    await using engine = createScriptedEngine({ script: script.slice(0, 3) });
    const freed: string[] = [];
    await expect(engine.generate({ ...request, onFree: () => freed.push("once") })).rejects.toThrow(
      new ScriptError("The script has no answer for this prompt, which contains none of its `when` texts."),
    );
    expect(freed).toEqual(["once"]);
  });
});

describe("a wrong script is refused, with what is wrong and where", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const deep: unknown = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
  const rule = 'it must have exactly one of "text", "tokens" and "toolCall", but has';
  const keys = "text, tokens, toolCall, when, stopReason, promptTokens, delayMs, failAfter";
  test.each<[unknown, string]>([
    [[], "The list is empty: it must have at least one script."],
    ["Hello", 'A script must be an object, not "Hello".'],
    [null, "A script must be an object, not null."],
    [[{ text: "a" }, ["b"]], "Entry 2: a script must be an object, not a list."],
    [[deep], "Entry 1: a script must be an object, not a list."],
    [[1n], "Entry 1: a script must be an object, not 1."],
    [{}, `It must have exactly one of "text", "tokens" and "toolCall", but has none of them.`],
    [[{ text: "a", tokens: [] }], `Entry 1: ${rule} "text" and "tokens".`],
    [[{ text: "a" }, { when: "b" }], `Entry 2: ${rule} none of them.`],
    [[{ text: "a" }, { tokns: ["b"] }], `Entry 2: a script has no "tokns". It can have: ${keys}.`],
    [{ text: "a", constructor: 1 }, `A script has no "constructor". It can have: ${keys}.`],
    [{ text: ["a"] }, '"text" must be a string.'],
    [{ tokens: "a" }, '"tokens" must be a list.'],
    [[{ tokens: ["a", 1] }], "Entry 1, token 2: a token must be an object, not 1."],
    [{ tokens: [{ id: 1 }] }, 'Token 1: a token needs "text".'],
    [{ tokens: [{ text: "a", id: -1 }] }, 'Token 1: "id" must be a whole number, 0 or more.'],
    [
      { tokens: [{ text: "a", delay: 1 }] },
      'Token 1: a token has no "delay". It can have: text, id, special, delayMs.',
    ],
    [{ toolCall: "add" }, '"toolCall" must be an object, such as {"name": "add"}.'],
    [[{ toolCall: { input: {} } }], 'Entry 1, "toolCall": a tool call needs "name".'],
    [{ toolCall: { name: "" } }, '"toolCall": "name" must be a string with some text.'],
    [
      { toolCall: { name: "add", input: [1] } },
      '"toolCall": "input" must be an object, such as {"city": "Paris"}.',
    ],
    [
      { toolCall: { name: "add", parameters: {} } },
      '"toolCall": a tool call has no "parameters". It can have: name, input.',
    ],
    [{ toolCall: { name: "add", input: cycle } }, '"toolCall": JSON can\'t hold its "input".'],
    [{ toolCall: { name: "add", input: { n: 1n } } }, '"toolCall": JSON can\'t hold its "input".'],
    [{ text: "a", when: "" }, '"when" must be a string with some text.'],
    [{ text: "a", stopReason: "end_turn" }, '"stopReason" must be "stop" or "length".'],
    [{ text: "a", promptTokens: 1.5 }, '"promptTokens" must be a whole number, 0 or more.'],
    [{ text: "a", delayMs: "50" }, '"delayMs" must be a number of milliseconds, 0 or more.'],
    [{ text: "a", delayMs: NaN }, '"delayMs" must be a number of milliseconds, 0 or more.'],
    [{ text: "a", failAfter: null }, '"failAfter" must be a whole number, 0 or more.'],
  ])("%#", async (script, message) => {
    const refusal = new ScriptError(message);
    expect(() => createScriptedEngine({ script: script as Script })).toThrow(refusal);
    if (Array.isArray(script)) return;
    await using engine = createScriptedEngine({ script: () => script as Script });
    await expect(engine.generate(request)).rejects.toThrow(refusal);
  });

  test("but members that are undefined are none", async () => {
    const script = { text: "a", tokens: undefined, when: undefined, delayMs: undefined };
    expect(await pieces(script as unknown as Script)).toEqual(["a"]);
  });
});
