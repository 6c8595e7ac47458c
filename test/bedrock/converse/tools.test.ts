import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  BedrockException,
  type Chat,
  conversationMessages,
  conversationTools,
  type JsonObject,
  type PartCapabilities,
  readConverseRequest,
  RequestReader,
} from "../../../src/bedrock/index.js";
import { conversePrompt } from "../../../src/prompt/index.js";

const TAKES: PartCapabilities = { images: false, documents: false, tools: true };
const NONE: PartCapabilities = { images: false, documents: false, tools: false };

function read(body: object, { capabilities = TAKES, streaming = false } = {}): Chat {
  const reader = new RequestReader();
  const bytes = Buffer.from(JSON.stringify(body));
  const request = readConverseRequest(reader, reader.parse(bytes), capabilities, streaming);
  reader.finish();
  const tools = conversationTools(request, streaming);
  return { messages: conversationMessages(request, streaming), tools };
}

const SCHEMA = { type: "object", properties: { a: { type: "integer" } } };
const spec = (name: string, more: object = {}) => ({
  toolSpec: { name, inputSchema: { json: SCHEMA }, ...more },
});
const schema = (json: unknown) => ({ toolSpec: { name: "add", inputSchema: { json } } });
const ADD = { tools: [spec("add")] };

const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });
const text = (says: string) => ({ text: says });
const use = (id: string, more: object = {}) => ({
  toolUse: { toolUseId: id, name: "add", input: {}, ...more },
});
const result = (id: string, more: object = {}) => ({
  toolResult: { toolUseId: id, content: [text("5")], ...more },
});
const ASK = user(text("What's 2 + 3?"));

const refused = (message: string, type = "ValidationException") =>
  expect.objectContaining({ type, message }) as Error;
/** A conversation whose tools are declared. */
const talk = (...messages: object[]) => ({ messages, toolConfig: ADD });
const declare = (...tools: object[]) => ({ messages: [ASK], toolConfig: { tools } });

describe("toolConfig", () => {
  it("declares tools in the caller's order, as they are", () => {
    const json = { type: "object", "x-own": [null, 1.5], properties: {} };
    const tools = [
      { toolSpec: { name: "b", description: " ", inputSchema: { json } } },
      spec("a".repeat(64), { strict: false }),
      spec("_-9Z"),
    ];
    expect(read(declare(...tools)).tools).toEqual([
      { name: "b", description: " ", inputSchema: json },
      { name: "a".repeat(64), description: undefined, inputSchema: SCHEMA },
      { name: "_-9Z", description: undefined, inputSchema: SCHEMA },
    ]);
  });

  it.each([undefined, null, { auto: {} }, { auto: {}, any: null }])("takes the choice %j", (toolChoice) => {
    const { tools } = read({ messages: [ASK], toolConfig: { ...ADD, toolChoice } });
    expect(tools).toHaveLength(1);
  });

  const at = "toolConfig.tools.1.member.toolSpec";
  const PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+";
  it.each<[object, string[]]>([
    [{}, ["Value null at 'toolConfig.tools' failed to satisfy constraint: Member must not be null"]],
    [
      { tools: [{ toolSpec: {} }] },
      [
        `Value null at '${at}.name' failed to satisfy constraint: Member must not be null`,
        `Value null at '${at}.inputSchema' failed to satisfy constraint: Member must not be null`,
      ],
    ],
    [
      { tools: [spec("get.weather")] },
      [`Value 'get.weather' at '${at}.name' failed to satisfy constraint: ${PATTERN}`],
    ],
    [
      { tools: [spec("a"), spec("x".repeat(65))] },
      [
        `Value '${"x".repeat(65)}' at 'toolConfig.tools.2.member.toolSpec.name' failed to satisfy constraint: Member must have length less than or equal to 64`,
      ],
    ],
    [
      { tools: [spec(`${"x".repeat(64)}!`)] },
      [
        `Value '${"x".repeat(64)}!' at '${at}.name' failed to satisfy constraint: Member must have length less than or equal to 64`,
        `Value '${"x".repeat(64)}!' at '${at}.name' failed to satisfy constraint: ${PATTERN}`,
      ],
    ],
    [
      { tools: [spec("", { description: "" })] },
      [
        `Value '' at '${at}.name' failed to satisfy constraint: Member must have length greater than or equal to 1`,
        `Value '' at '${at}.name' failed to satisfy constraint: ${PATTERN}`,
        `Value '' at '${at}.description' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      ],
    ],
    [
      { tools: [{ systemTool: {} }], toolChoice: { tool: { name: "é" } } },
      [
        "Value null at 'toolConfig.tools.1.member.systemTool.name' failed to satisfy constraint: Member must not be null",
        `Value 'é' at 'toolConfig.toolChoice.tool.name' failed to satisfy constraint: ${PATTERN}`,
      ],
    ],
    [
      { tools: [{ cachePoint: { type: "auto", ttl: "2h" } }] },
      [
        "Value 'auto' at 'toolConfig.tools.1.member.cachePoint.type' failed to satisfy constraint: Member must satisfy enum value set: [default]",
        "Value '2h' at 'toolConfig.tools.1.member.cachePoint.ttl' failed to satisfy constraint: Member must satisfy enum value set: [5m, 1h]",
      ],
    ],
  ])("violates the API model, whatever the model takes: %j", (toolConfig, violations) => {
    const { length } = violations;
    const message = `${length} validation error${length === 1 ? "" : "s"} detected: ${violations.join("; ")}`;
    for (const options of [{}, { capabilities: NONE }, { streaming: true }])
      expect(() => read({ messages: [ASK], toolConfig }, options)).toThrow(refused(message));
  });

  it.each([
    { toolConfig: [] },
    { toolConfig: { tools: {} } },
    { toolConfig: { tools: [5] } },
    { toolConfig: { tools: [{ toolSpec: "add" }] } },
    { toolConfig: { tools: [spec("add", { strict: "yes" })] } },
    { toolConfig: { tools: [spec("add", { inputSchema: [] })] } },
    { toolConfig: { ...ADD, toolChoice: "auto" } },
    { toolConfig: { ...ADD, toolChoice: { auto: true } } },
  ])("has a member of the wrong type: %j", (body) => {
    expect(() => read({ messages: [ASK], ...body })).toThrow(
      expect.objectContaining({ type: "SerializationException" }),
    );
  });

  const choice = (toolChoice: object) => ({ messages: [ASK], toolConfig: { ...ADD, toolChoice } });
  it.each<[object, string]>([
    [{ messages: [ASK], toolConfig: { tools: [] } }, "The provided request is not valid"],
    [{ messages: [], toolConfig: { tools: [] } }, "The provided request is not valid"],
    [
      choice({ any: {} }),
      "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
    ],
    [
      choice({ tool: { name: "add" } }),
      "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try again.",
    ],
    [
      choice({ tool: { name: "nobody_declared_it" } }),
      "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try again.",
    ],
    [
      choice({ none: {} }),
      "ToolChoice object at toolConfig.toolChoice must set one of the following keys: auto, any, tool.",
    ],
    [
      choice({ auto: {}, any: {} }),
      "ToolChoice object at toolConfig.toolChoice can only set one of the following keys: auto, any, tool.",
    ],
    [
      declare(spec("a"), { function: {} }),
      "Tool object at toolConfig.tools.1 must set one of the following keys: toolSpec, systemTool, cachePoint.",
    ],
    [
      declare({ ...spec("a"), systemTool: { name: "b" } }),
      "Tool object at toolConfig.tools.0 can only set one of the following keys: toolSpec, systemTool, cachePoint.",
    ],
    [
      declare({ toolSpec: { name: "a", inputSchema: {} } }),
      "ToolInputSchema object at toolConfig.tools.0.toolSpec.inputSchema must set one of the following keys: json.",
    ],
    [
      declare(spec("a"), { systemTool: { name: "nova_grounding" } }),
      "This model doesn't support the toolConfig.tools.1.systemTool field. Remove toolConfig.tools.1.systemTool and try again.",
    ],
    [
      declare(spec("a"), spec("b", { strict: true })),
      "This model doesn't support the toolConfig.tools.1.toolSpec.strict field. Remove toolConfig.tools.1.toolSpec.strict and try again.",
    ],
    [declare(spec("a"), spec("a")), "The tool a is already defined at toolConfig.tools.1."],
    [
      declare(spec("b"), spec("grep"), spec("c"), spec("grep"), spec("b")),
      "The tool grep is already defined at toolConfig.tools.3.",
    ],
    ...[[], "object", 5, true].map((json): [object, string] => [
      declare(schema(json)),
      "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. Provide a json object for the field and try again.",
    ]),
    ...[{}, { type: "string" }, { type: ["object"] }, { $ref: "#/$defs/A" }].map((json): [object, string] => [
      declare(spec("a"), schema(json)),
      "The value at toolConfig.tools.1.toolSpec.inputSchema.json.type must be one of the following: object.",
    ]),
    ...(
      [
        [{ properties: null }, "$.properties: null found, object expected"],
        [{ required: "a" }, "$.required: string found, array expected"],
        [{ description: 5 }, "$.description: integer found, string expected"],
        [
          { properties: { a: { type: "text" } } },
          "$.properties.a.type: does not have a value in the enumeration [array, boolean, integer, null, number, object, string]\n$.properties.a.type: string found, array expected",
        ],
        [
          { properties: { a: { items: { enum: {} } } }, $defs: [] },
          "$.properties.a.items.enum: object found, array expected\n$.$defs: array found, object expected",
        ],
        [{ anyOf: [true, { minimum: "1" }] }, "$.anyOf[1].minimum: string found, number expected"],
        ...["$defs", "definitions", "patternProperties", "properties"].map((key): [object, string] => [
          { [key]: null },
          `$.${key}: null found, object expected`,
        ]),
        ...["allOf", "anyOf", "oneOf", "prefixItems"].map((key): [object, string] => [
          { [key]: {} },
          `$.${key}: object found, array expected`,
        ]),
      ] as const
    ).map(([more, errors]): [object, string] => [
      declare(schema({ type: "object", ...more })),
      `The json schema definition at toolConfig.tools.0.toolSpec.inputSchema is invalid. Fix the following errors and try again: ${errors}`,
    ]),
  ])("%j is refused as Bedrock does", (body, message) => {
    expect(() => read(body)).toThrow(refused(message));
  });

  it("has no room for a cache point", () => {
    expect(() => read(declare(spec("a"), { cachePoint: { type: "default" } }))).toThrow(
      refused(
        "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
        "AccessDeniedException",
      ),
    );
  });

  it.each<object>([
    { type: "object", properties: { type: { type: "string" }, properties: { type: ["null", "object"] } } },
    { type: "object", additionalProperties: false, $schema: "http://json-schema.org/draft-07/schema#" },
    { type: "object", properties: { a: { items: [{ type: "string" }, true], minimum: 1.5, maxItems: 2 } } },
    { type: "object", required: ["a"], definitions: { A: { anyOf: [{ $ref: "#" }, { const: null }] } } },
    { type: "object", hologram: 5, constructor: 5, toString: null },
  ])("takes the schema %j", (json) => {
    expect(read(declare(schema(json))).tools).toMatchObject([{ inputSchema: json }]);
  });

  it.each(
    [
      "$defs",
      "additionalProperties",
      "allOf",
      "anyOf",
      "contains",
      "definitions",
      "else",
      "enum",
      "if",
      "items",
      "not",
    ]
      .concat(["oneOf", "patternProperties", "prefixItems", "properties", "required", "then", "type"])
      .flatMap((keyword) =>
        [null, true, 5, "text", {}, [], { a: null }, [null]].map((value) => [keyword, value]),
      ),
  )("takes or refuses a schema whose %s is %j", (keyword, value) => {
    const body = declare(schema({ type: "object", properties: { a: { [keyword as string]: value } } }));
    try {
      read(body);
    } catch (error) {
      expect(error).toBeInstanceOf(BedrockException);
    }
  });

  it("takes a schema that is deeper than the stack, and reports the first errors of many", () => {
    const deep = `{"type":"object","not":${'{"not":'.repeat(20_000)}{}${"}".repeat(20_000)}}`;
    const body = JSON.stringify(declare(schema("DEEP"))).replace('"DEEP"', deep);
    const reader = new RequestReader();
    const request = readConverseRequest(reader, reader.parse(Buffer.from(body)), TAKES, false);
    expect(conversationTools(request, false)).toHaveLength(1);
    const properties = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`p${i}`, { title: 5 }]));
    expect(() => read(declare(schema({ type: "object", properties })))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^.*(?:\n.*){19}$/u) as string,
      }),
    );
  });

  it("doesn't repeat a long name in every error", () => {
    const name = "x".repeat(100_000);
    const properties = { [name]: { title: 5, description: 5, format: 5, pattern: 5 } };
    expect(() => read(declare(schema({ type: "object", properties })))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^.{100,400}(?:\n\$\.properties\.x{200}\.\w+: integer found, string expected){3}$/u,
        ) as string,
      }),
    );
  });

  it.each([
    ["a model that takes none", { capabilities: NONE }, "This model doesn't support tool use."],
    ["a stream", { streaming: true }, "This model doesn't support tool use in streaming mode."],
    [
      "a stream of a model that takes none",
      { capabilities: NONE, streaming: true },
      "This model doesn't support tool use in streaming mode.",
    ],
  ])("is refused by %s, before everything else in it and in the messages", (_, options, message) => {
    const bodies = [
      declare(spec("a")),
      declare(spec("a"), spec("a")),
      { ...choice({ any: {} }), messages: [] },
      { messages: [], toolConfig: { tools: [] } },
    ];
    for (const body of bodies) expect(() => read(body, options)).toThrow(refused(message));
    // so are calls and results without it
    for (const messages of [[ASK, assistant(use("t1")), user(result("t1"))], [user(result("t1"))]])
      expect(() => read({ messages }, options)).toThrow(refused(message));
  });
});

describe("calls and results", () => {
  it("become parts of turns", () => {
    const { messages } = read(
      talk(
        ASK,
        assistant(use("t1", { input: { a: 2 } }), use("t.2:x-_", { name: "undeclared" })),
        user(result("t.2:x-_", { status: "error" }), result("t1", { content: [{ json: { sum: 5 } }] })),
        assistant(text("5")),
        user(text("Thanks")),
      ),
    );
    expect(messages.slice(1, 3)).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "toolUse", id: "t1", name: "add", input: { a: 2 } },
          { type: "toolUse", id: "t.2:x-_", name: "undeclared", input: {} },
        ],
      },
      {
        role: "user",
        parts: [
          {
            type: "toolResult",
            toolUseId: "t.2:x-_",
            status: "error",
            content: [{ type: "text", text: "5" }],
          },
          { type: "toolResult", toolUseId: "t1", content: [{ type: "json", value: { sum: 5 } }] },
        ],
      },
    ]);
  });

  it("of consecutive messages of the user are one turn, and so are texts", () => {
    const { messages } = read(
      talk(
        user(text("A")),
        user(text("B"), text("C")),
        assistant(use("t1"), use("t2")),
        user(result("t1")),
        user(result("t2")),
        assistant(text(".")),
        user(text("D")),
        user(text("E")),
      ),
    );
    expect(messages.map(({ role, parts }) => [role, parts.length])).toEqual([
      ["user", 3],
      ["assistant", 2],
      ["user", 2],
      ["assistant", 1],
      ["user", 2],
    ]);
  });

  const where = "messages.2.member.content.1.member";
  it.each<[object, string[]]>([
    [
      use("a b", { name: "a.b", type: "mcp_tool_use" }),
      [
        `Value at '${where}.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
        `Value at '${where}.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
        `Value at '${where}.toolUse.type' failed to satisfy constraint: Member must satisfy enum value set: [server_tool_use]`,
      ],
    ],
    [
      use("x".repeat(65), { name: "", input: null }),
      [
        `Value at '${where}.toolUse.toolUseId' failed to satisfy constraint: Member must have length less than or equal to 64`,
        `Value at '${where}.toolUse.name' failed to satisfy constraint: Member must have length greater than or equal to 1`,
        `Value at '${where}.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
        `Value at '${where}.toolUse.input' failed to satisfy constraint: Member must not be null`,
      ],
    ],
    [
      result("", { status: "ok", content: [{ video: { format: "avi", source: {} } }] }),
      [
        `Value at '${where}.toolResult.toolUseId' failed to satisfy constraint: Member must have length greater than or equal to 1`,
        `Value at '${where}.toolResult.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
        `Value at '${where}.toolResult.status' failed to satisfy constraint: Member must satisfy enum value set: [success, error]`,
        `Value at '${where}.toolResult.content.1.member.video.format' failed to satisfy constraint: Member must satisfy enum value set: [mkv, mov, mp4, webm, flv, mpeg, mpg, wmv, three_gp]`,
      ],
    ],
  ])("violate the API model, whatever the model takes: %j", (block, violations) => {
    const { length } = violations;
    const message = `${length} validation error${length === 1 ? "" : "s"} detected: ${violations.join("; ")}`;
    for (const options of [{}, { capabilities: NONE }, { streaming: true }])
      expect(() => read(talk(ASK, assistant(block)), options)).toThrow(refused(message));
  });

  const NOT_ALONE = "Conversation blocks and tool result blocks cannot be provided in the same turn.";
  const USE_NOT_ALONE = "Conversation blocks and tool use blocks cannot be provided in the same turn.";
  const CALLED = [ASK, assistant(use("t1"), use("t2"))];
  it.each<[string, object, string]>([
    [
      "a result beside a text",
      talk(ASK, assistant(use("t1")), user(result("t1"), text("And?"))),
      `messages.2.content: ${NOT_ALONE}`,
    ],
    [
      "a text before results",
      talk(...CALLED, user(text("Here"), result("t1"), result("t2"))),
      `messages.2.content: ${NOT_ALONE}`,
    ],
    [
      "a text in the message after the results",
      talk(ASK, assistant(text("A")), ASK, ...CALLED.slice(1), user(result("t1"), result("t2")), ASK),
      `messages.4.content: ${NOT_ALONE}`,
    ],
    [
      "an orphaned result beside a text, in the first turn",
      talk(user(text("A"), result("t1"))),
      `messages.0.content: ${NOT_ALONE}`,
    ],
    [
      "a call after a text",
      talk(ASK, assistant(text("I'll add."), use("t1")), user(result("t1"))),
      `messages.1.content: ${USE_NOT_ALONE}`,
    ],
    [
      "a call before a text, in a later turn",
      talk(ASK, assistant(text("A")), ASK, assistant(use("t1"), text("B")), user(result("t1"))),
      `messages.3.content: ${USE_NOT_ALONE}`,
    ],
    [
      "no result",
      talk(ASK, assistant(use("tooluse_a")), user(text("Well?"))),
      "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_a",
    ],
    [
      "no result of two calls",
      talk(...CALLED, user(text("Well?"))),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1, t2",
    ],
    [
      "the result of one of two calls",
      talk(...CALLED, user(result("t2"))),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1",
    ],
    [
      "the result of another call",
      talk(ASK, assistant(use("t1")), user(result("t2"))),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1",
    ],
    [
      "a result in a later turn than the next",
      talk(ASK, assistant(use("t1")), user(text("Wait.")), assistant(text(".")), user(result("t1"))),
      "Expected toolResult blocks at messages.2.content for the following Ids: t1",
    ],
    [
      "more results than calls",
      talk(ASK, assistant(use("t1")), user(result("t1"), result("t2"))),
      "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
    ],
    [
      "a result without a call",
      talk(user(result("t1"))),
      "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.",
    ],
    [
      "a result after a text",
      talk(ASK, assistant(text(".")), user(result("t1"))),
      "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
    ],
    [
      "a result once more",
      talk(ASK, assistant(use("t1")), user(result("t1")), assistant(text(".")), user(result("t1"))),
      "The number of toolResult blocks at messages.4.content exceeds the number of toolUse blocks of previous turn.",
    ],
    [
      "two results of one call",
      talk(...CALLED, user(result("t1"), result("t1"))),
      "The toolResult blocks at messages.2.content contain duplicate Ids: t1",
    ],
    [
      "two calls with one id",
      talk(ASK, assistant(use("t9"), use("t1"), use("t9"))),
      "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
    ],
    [
      "two calls with one id, twice",
      talk(ASK, assistant(use("t9"), use("t1"), use("t9"), use("t1"), use("t9")), user(result("t9"))),
      "The toolUse blocks at messages.1.content contain duplicate Ids: t9, t1",
    ],
    [
      "calls and results without toolConfig",
      { messages: [ASK, assistant(use("t1")), user(result("t1"))] },
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    ],
    [
      "a call without toolConfig, long ago",
      { messages: [ASK, assistant(text("I'll add."), use("t1")), ASK, assistant(text(".")), ASK] },
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    ],
    ...[[], "{}", 5, false].map((input): [string, object, string] => [
      `an input of a call that isn't an object: ${JSON.stringify(input)}`,
      talk(ASK, assistant(use("t0"), use("t1", { input }))),
      "The format of the value at messages.1.content.1.toolUse.input is invalid. Provide a json object for the field and try again.",
    ]),
    ...[[{ a: 1 }], "5", 5].map((json): [string, object, string] => [
      `JSON of a result that isn't an object: ${JSON.stringify(json)}`,
      talk(ASK, assistant(use("t1")), user(result("t1", { content: [text("5"), { json }] }))),
      "The format of the value at messages.2.content.0.toolResult.content.1.json is invalid. Provide a json object for the field and try again.",
    ]),
    [
      "a failed tool without a word",
      talk(ASK, assistant(use("t1")), user(result("t1", { status: "error", content: [] }))),
      "The content field at messages.2.content.0.toolResult cannot be empty when status value is error.",
    ],
    [
      "a call by the user",
      talk(user(use("t1"))),
      "This model doesn't support the toolUse field for user messages. Remove toolUse and try again.",
    ],
    [
      "a result by the assistant",
      talk(ASK, assistant(result("t1")), ASK),
      "This model doesn't support the toolResult field for assistant messages. Remove toolResult and try again.",
    ],
    [
      "a call of one of Amazon's tools",
      talk(ASK, assistant(use("t1", { type: "server_tool_use" })), user(result("t1"))),
      "This model doesn't support the messages.1.content.0.toolUse.type field. Remove messages.1.content.0.toolUse.type and try again.",
    ],
    [
      "a result of one of Amazon's tools",
      talk(ASK, assistant(use("t1")), user(result("t1", { type: "tool_search_tool_result" }))),
      "This model doesn't support the messages.2.content.0.toolResult.type field. Remove messages.2.content.0.toolResult.type and try again.",
    ],
  ])("%s: is refused as Bedrock does", (_, body, message) => {
    expect(() => read(body)).toThrow(refused(message));
  });
});

/** A request that can break several rules, and the rules in their order. */
interface Broken {
  messages: { role: string; content: object[] }[];
  system?: object[];
  toolConfig?: object;
}

describe("the order of the rules", () => {
  const rules: readonly (readonly [string, RegExp, (request: Broken) => void])[] = [
    ["toolConfig", /toolChoice[.]any/u, (r) => (r.toolConfig = { ...ADD, toolChoice: { any: {} } })],
    ["the first turn", /must start/u, (r) => r.messages.unshift(assistant(text("Hi")))],
    ["system text", /SystemContentBlock/u, (r) => (r.system = [text("")])],
    ["blocks", /is blank/u, (r) => r.messages.push(assistant(text(" ")), ASK)],
    [
      "alternation",
      /must alternate/u,
      (r) => r.messages.push(assistant(text(".")), assistant(text(".")), ASK),
    ],
    ["the last turn", /requires the last turn/u, (r) => r.messages.push(assistant(text(".")))],
    ["the turns of tools", /cannot be provided/u, (r) => r.messages[2]?.content.push(text("And?"))],
  ];
  const request = (): Broken => ({
    messages: [ASK, assistant(use("t1")), user(result("t1")), assistant(text("5")), ASK],
    toolConfig: ADD,
  });

  it("is kept by each two", () => {
    expect(() => read(request())).not.toThrow();
    for (const [i, [name, says, breaks]] of rules.entries()) {
      const alone = request();
      breaks(alone);
      expect(() => read(alone), name).toThrow(says);
      for (const [other, , breaksToo] of rules.slice(i + 1)) {
        const both = request();
        // given in the reverse order, which must not matter
        breaksToo(both);
        breaks(both);
        expect(() => read(both), `${name} + ${other}`).toThrow(says);
      }
    }
  });

  it("has the missing toolConfig before the turns of tools", () => {
    const broken = request();
    broken.messages[2]?.content.push(text("And?"));
    delete broken.toolConfig;
    expect(() => read(broken)).toThrow("The toolConfig field must be defined");
  });

  it("has what is in a turn before its results, and the first turn first", () => {
    const calls = assistant(use("t1"), use("t2"));
    const mixed = /cannot be provided/u;
    const twice = /duplicate/u;
    const exceeds = /exceeds/u;
    expect(() => read(talk(ASK, calls, user(result("t3"), result("t3"), text("?"))))).toThrow(mixed);
    expect(() => read(talk(ASK, calls, user(result("t3"), result("t3"), result("t1"))))).toThrow(twice);
    expect(() => read(talk(ASK, calls, user(result("t3"), result("t4"), result("t5"))))).toThrow(exceeds);
    expect(() => read(talk(ASK, calls, ASK, assistant(text("."), use("t1")), ASK))).toThrow(/^Expected/u);
  });
});

describe("any conversation", () => {
  const id = fc.constantFrom("t1", "t2", "t3");
  const anything = fc.jsonValue({ maxDepth: 2 });
  const blocks = {
    text: fc.constantFrom("Hi", ".", " "),
    toolUse: fc.record(
      {
        toolUseId: id,
        name: fc.constantFrom("add", "other", "a b"),
        input: fc.oneof(fc.constant({}), anything),
      },
      { requiredKeys: ["toolUseId", "name"] },
    ),
    toolResult: fc.record(
      {
        toolUseId: id,
        content: fc.array(fc.oneof(fc.record({ text: fc.string() }), fc.record({ json: anything })), {
          maxLength: 2,
        }),
        status: fc.constantFrom("success", "error", null),
      },
      { requiredKeys: ["toolUseId", "content"] },
    ),
    image: anything,
  };
  const block = fc.oneof(
    { arbitrary: fc.record({ text: blocks.text }), weight: 4 },
    { arbitrary: fc.record({ toolUse: blocks.toolUse }), weight: 2 },
    { arbitrary: fc.record({ toolResult: blocks.toolResult }), weight: 2 },
    { arbitrary: fc.record(blocks, { requiredKeys: [] }), weight: 1 },
  );
  const wild = fc.array(
    fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.array(block, { maxLength: 3 }) }),
    { maxLength: 6 },
  );
  /** Questions, each with some rounds of calls and results. */
  const tame = fc
    .array(fc.array(fc.uniqueArray(id, { minLength: 1 }), { maxLength: 2 }), { minLength: 1, maxLength: 3 })
    .map((questions) =>
      questions
        .flatMap((rounds) => [
          ASK,
          ...rounds.flatMap((ids) => [
            assistant(...ids.map((each) => use(each))),
            ...ids.toReversed().map((each) => user(result(each))),
          ]),
          assistant(text(".")),
        ])
        .slice(0, -1),
    );
  const toolConfig = fc.oneof(
    { arbitrary: fc.constant(ADD), weight: 5 },
    { arbitrary: fc.constant(undefined), weight: 1 },
    {
      arbitrary: fc.record({ tools: fc.array(fc.oneof(fc.constant(spec("add")), anything.map(schema))) }),
      weight: 2,
    },
    { arbitrary: anything, weight: 1 },
  );

  it("is refused in an exception of Bedrock's, or is one that every prompt format can write", () => {
    let accepted = 0;
    let refusals = 0;
    const request = fc.record({ messages: fc.oneof(wild, tame), toolConfig });
    fc.assert(
      fc.property(request, (body) => {
        let chat: Chat;
        try {
          chat = read(body);
        } catch (error) {
          expect(error).toBeInstanceOf(BedrockException);
          expect(["ValidationException", "SerializationException"]).toContain(
            (error as BedrockException).type,
          );
          refusals += 1;
          return;
        }
        accepted += 1;
        expectInvariants(chat);
        for (const family of ["llama-3-1", "llama-4"] as const)
          expect(conversePrompt(family, chat)).toMatch(/assistant/u);
      }),
      { numRuns: 400 },
    );
    // the generator makes enough of both
    expect(Math.min(accepted, refusals)).toBeGreaterThan(40);
  });

  /** What the rest of the server relies on. */
  function expectInvariants({ messages, tools }: Chat): void {
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    for (const { inputSchema } of tools) expect((inputSchema as JsonObject)["type"]).toBe("object");
    expect(messages.map(({ role }) => role)).toEqual(
      messages.map((_, i) => (i % 2 === 0 ? "user" : "assistant")),
    );
    expect(messages.length % 2).toBe(1);
    let called: string[] = [];
    for (const { role, parts } of messages) {
      expect(parts).not.toEqual([]);
      const kinds = new Set(parts.map(({ type }) => type));
      if (kinds.has("toolUse")) expect([role, kinds.size]).toEqual(["assistant", 1]);
      if (kinds.has("toolResult")) expect([role, kinds.size]).toEqual(["user", 1]);
      const answered = parts.flatMap((part) => (part.type === "toolResult" ? [part.toolUseId] : []));
      expect(answered.toSorted()).toEqual(called.toSorted());
      called = parts.flatMap((part) => (part.type === "toolUse" ? [part.id] : []));
      if (called.length > 0) expect(tools).not.toEqual([]);
    }
  }
});
