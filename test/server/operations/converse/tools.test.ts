import { describe, expect, it } from "vitest";

import { type Message, parseModelId } from "../../../../src/bedrock/index.js";
import { conversePrompt } from "../../../../src/prompt/index.js";
import { answer, ask, type TestServices } from "../../support/ask.js";
import { protocols } from "../../support/http.js";
import { recordingEngine, startServer } from "../../support/start.js";

const LLAMA_3_3 = "us.meta.llama3-3-70b-instruct-v1:0";
const MAVERICK = "us.meta.llama4-maverick-17b-instruct-v1:0";
const TOOLS = [
  "meta.llama3-1-8b",
  "meta.llama3-1-70b",
  "meta.llama3-1-405b",
  "meta.llama3-2-90b",
  "meta.llama3-3-70b",
]
  .map((id) => `${id}-instruct-v1:0`)
  .concat("meta.llama4-scout-17b-instruct-v1:0", "meta.llama4-maverick-17b-instruct-v1:0");
const NO_TOOLS = ["meta.llama2-13b-chat-v1", "meta.llama2-70b-chat-v1"].concat(
  ["llama3-8b", "llama3-70b", "llama3-2-1b", "llama3-2-3b", "llama3-2-11b"].map(
    (id) => `meta.${id}-instruct-v1:0`,
  ),
);

const spec = (name: string) => ({
  toolSpec: { name, inputSchema: { json: { type: "object", properties: {} } } },
});
const toolConfig = { tools: [spec("add"), spec("get_weather")] };
const messages = [{ role: "user", content: [{ text: "What's 2 + 3?" }] }];
const HISTORY = [
  ...messages,
  { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: "add", input: { b: 1, a: 2 } } }] },
  { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ text: "3" }] } }] },
];
const CALL = '{"name": "add", "parameters": {"b": 2.0, "a": 1e2, "deep": {"z": 1, "a": [ ]}}}';

interface Asked extends TestServices {
  readonly modelId?: string;
  readonly operation?: string;
}

async function converse(
  body: object,
  tokens: readonly string[],
  { modelId = LLAMA_3_3, operation = "converse", ...services }: Asked = {},
) {
  const engine = recordingEngine({ tokens, promptTokens: 3 });
  const path = `/model/${modelId}/${operation}`;
  const as = parseModelId(modelId)?.model;
  const answered = await answer({ as, engine, ...services }, { path, body: JSON.stringify(body) });
  const text = answered.bytes.toString().replace(/"latencyMs":\d+/u, '"latencyMs":0');
  return { ...answered, text, engine };
}

const ID = /tooluse_[a-zA-Z0-9]{22}(?=")/gu;
const turn = (content: string, stopReason: string, tokens: number) =>
  `{"metrics":{"latencyMs":0},"output":{"message":{"content":[${content}],"role":"assistant"}},"stopReason":"${stopReason}",` +
  `"usage":{"inputTokens":3,"outputTokens":${tokens},"serverToolUsage":{},"totalTokens":${3 + tokens}}}`;

describe("Converse with tools", () => {
  it("answers with a call alone, its arguments as the model wrote them", async () => {
    const { status, text, record } = await converse({ messages, toolConfig }, [
      CALL.slice(0, 20),
      CALL.slice(20),
    ]);
    expect(status).toBe(200);
    expect(text.replace(ID, "ID")).toBe(
      turn(
        '{"toolUse":{"input":{"b":2.0,"a":1e2,"deep":{"z":1,"a":[]}},"name":"add","toolUseId":"ID"}}',
        "tool_use",
        3,
      ),
    );
    expect(record["stopReason"]).toBe("tool_use");
  });

  it("gives every call an id of its own", async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 50; i += 1) {
      const { text } = await converse({ messages, toolConfig }, [CALL]);
      for (const [id] of text.matchAll(ID)) ids.add(id);
    }
    expect(ids.size).toBe(50);
    // each of 62 characters has a chance in 1,100 places
    expect(new Set([...ids].join("").slice(0)).size).toBeGreaterThan(55);
  });

  it.each([
    ["says something", "The sum is 5."],
    ["says nothing", ""],
    ["calls a tool that isn't declared", '{"name": "get_joke", "parameters": {}}'],
    ["writes a call that can't be read", '{"name": "add", "parameters": {"a": }'],
    ["writes arguments that are no object", '{"name": "add", "parameters": "2, 3"}'],
    ["has brackets deeper than the stack", `{"name": "add", "parameters": ${'{"a":'.repeat(20_000)}`],
  ])("answers with text if the model %s", async (_, says) => {
    const { status, text } = await converse({ messages, toolConfig }, [says]);
    expect([status, text]).toEqual([200, turn(`{"text":${JSON.stringify(says)}}`, "end_turn", 2)]);
  });

  it("answers with text if no tool is declared", async () => {
    const { text } = await converse({ messages }, [CALL]);
    expect(text).toBe(turn(`{"text":${JSON.stringify(CALL)}}`, "end_turn", 2));
  });

  it("answers with text if the answer was cut, even where it reads as a call", async () => {
    const limited = await converse({ messages, toolConfig, inferenceConfig: { maxTokens: 1 } }, [CALL, "!"]);
    expect(limited.text).toBe(turn(`{"text":${JSON.stringify(CALL)}}`, "max_tokens", 1));
    const stopSequences = ["STOP"];
    const stopped = await converse({ messages, toolConfig, inferenceConfig: { stopSequences } }, [
      CALL,
      "STOP",
      "!",
    ]);
    expect(stopped.text).toBe(turn(`{"text":${JSON.stringify(CALL)}}`, "stop_sequence", 2));
    expect(stopped.record["stopReason"]).toBe("stop_sequence");
  });

  it("keeps the model's own words in the native fields", async () => {
    const paths = ["/generation", "/stop_reason", "/generation_token_count"];
    const body = { messages, toolConfig, additionalModelResponseFieldPaths: paths };
    const { bytes } = await converse(body, [CALL]);
    expect(JSON.parse(bytes.toString())).toMatchObject({
      additionalModelResponseFields: { generation: CALL, stop_reason: "stop", generation_token_count: 2 },
      stopReason: "tool_use",
    });
  });

  it.each([LLAMA_3_3, MAVERICK])("gives %s the tools and the history in its prompt", async (modelId) => {
    const { engine } = await converse({ messages: HISTORY, toolConfig }, ["5"], { modelId });
    const family = parseModelId(modelId)?.model.family ?? "llama-2";
    const inputSchema = { type: "object", properties: {} };
    const turns: Message[] = [
      { role: "user", parts: [{ type: "text", text: "What's 2 + 3?" }] },
      { role: "assistant", parts: [{ type: "toolUse", id: "t1", name: "add", input: { b: 1, a: 2 } }] },
      {
        role: "user",
        parts: [{ type: "toolResult", toolUseId: "t1", content: [{ type: "text", text: "3" }] }],
      },
    ];
    const tools = ["add", "get_weather"].map((name) => ({ name, description: undefined, inputSchema }));
    const prompt = conversePrompt(family, { messages: turns, tools });
    expect(engine.requests).toMatchObject([{ prompt }]);
    for (const text of ["Given the following functions", '"name": "get_weather"', '{"b":1,"a":2}', '"3"'])
      expect(prompt).toContain(text);
  });

  it("reads a stand-in's answer in the form of its own template too", async () => {
    const script = '<tool_call>\n{"name": "add", "arguments": {"a": 2, "b": 3}}\n</tool_call>';
    const standIn = await converse({ messages, toolConfig }, [script], { as: undefined });
    expect(standIn.text.replace(ID, "ID")).toBe(
      turn('{"toolUse":{"input":{"a":2,"b":3},"name":"add","toolUseId":"ID"}}', "tool_use", 2),
    );
    // the model itself doesn't write that: Bedrock gives it as text
    const itself = await converse({ messages, toolConfig }, [script]);
    expect(itself.text).toBe(turn(`{"text":${JSON.stringify(script)}}`, "end_turn", 2));
  });

  it("answers with several calls of a stand-in, each with its own id", async () => {
    const call = (name: string) => `<tool_call>{"name": "${name}", "arguments": {}}</tool_call>`;
    const { bytes } = await converse({ messages, toolConfig }, [call("add") + call("get_weather")], {
      as: undefined,
    });
    const { output } = JSON.parse(bytes.toString()) as {
      output: { message: { content: { toolUse: { name: string; toolUseId: string } }[] } };
    };
    const uses = output.message.content.map(({ toolUse }) => toolUse);
    expect(uses.map(({ name }) => name)).toEqual(["add", "get_weather"]);
    expect(new Set(uses.map(({ toolUseId }) => toolUseId)).size).toBe(2);
  });

  it.each(TOOLS)("takes tools for %s, but not in a stream", async (modelId) => {
    const { status, text } = await converse({ messages, toolConfig }, [CALL], { modelId });
    expect([status, text.includes('"stopReason":"tool_use"')]).toEqual([200, true]);
    for (const body of [{ messages, toolConfig }, { messages: HISTORY, toolConfig }, { messages: HISTORY }]) {
      const stream = await converse(body, [CALL], { modelId, operation: "converse-stream" });
      expect([stream.status, stream.text]).toEqual([
        400,
        `{"message":"This model doesn't support tool use in streaming mode."}`,
      ]);
    }
  });

  it.each(NO_TOOLS)("takes none for %s", async (modelId) => {
    const asked = async (operation: string, body: object) => {
      const { status, text, header } = await converse(body, ["a"], { modelId, operation });
      return [status, header("x-amzn-ErrorType")?.split(":")[0], text];
    };
    for (const body of [{ messages, toolConfig }, { messages: HISTORY, toolConfig }, { messages: HISTORY }]) {
      const whole = await asked("converse", body);
      expect(whole).toEqual([
        400,
        "ValidationException",
        `{"message":"This model doesn't support tool use."}`,
      ]);
      expect(whole[2]).toHaveLength(50);
      expect(await asked("count-tokens", { input: { converse: body } })).toEqual(whole);
      expect(await asked("converse-stream", body)).toEqual([
        400,
        "ValidationException",
        `{"message":"This model doesn't support tool use in streaming mode."}`,
      ]);
    }
  });

  it("refuses before the engine gets anything", async () => {
    const { engine, status, record } = await converse(
      { messages: HISTORY.slice(0, 2).concat(messages), toolConfig },
      ["a"],
    );
    expect([status, engine.requests]).toEqual([400, []]);
    expect(record["exception"]).toBe("ValidationException");
  });
});

describe("CountTokens with tools", () => {
  const count = (input: object, services: Asked = {}) =>
    converse({ input: { converse: input } }, ["a"], { operation: "count-tokens", ...services });

  it("counts the text that Converse sends", async () => {
    for (const modelId of [LLAMA_3_3, MAVERICK]) {
      const { engine } = await converse({ messages: HISTORY, toolConfig }, ["a"], { modelId });
      const [prompt = ""] = engine.requests.map((request) => request.prompt);
      const words = prompt.split(/\s+/u).filter((word) => word !== "").length;
      expect((await count({ messages: HISTORY, toolConfig }, { modelId })).text).toBe(
        `{"inputTokens":${words}}`,
      );
    }
  });

  it("has the same rules", async () => {
    const { status, text } = await count({ messages: HISTORY });
    expect([status, text]).toEqual([
      400,
      '{"message":"The toolConfig field must be defined when using toolUse and toolResult content blocks."}',
    ]);
    const wrong = await count({ messages, toolConfig: { tools: [spec("a b")] } });
    expect(wrong.text).toContain("Value 'a b' at 'input.converse.toolConfig.tools.1.member.toolSpec.name'");
  });
});

describe.each(protocols)("a call over %s", (_, send) => {
  it("comes whole, with its length", async () => {
    const { server } = await startServer(
      { tokens: [CALL], promptTokens: 3 },
      { as: "meta.llama3-3-70b-instruct-v1:0" },
    );
    const response = await send(server.url, `/model/${LLAMA_3_3}/converse`, {
      body: JSON.stringify({ messages, toolConfig }),
    });
    const { status, body } = response;
    expect([status, response.header("content-length")]).toEqual([200, String(body.length)]);
    expect(body.toString()).toContain('"stopReason":"tool_use"');
  });
});

it("a client that leaves ends a call like any answer", async () => {
  const controller = new AbortController();
  const engine = recordingEngine({ tokens: [{ text: CALL, delayMs: 60_000 }], promptTokens: 3 });
  const { done, events } = ask(
    { as: parseModelId(LLAMA_3_3)?.model, engine },
    {
      path: `/model/${LLAMA_3_3}/converse`,
      body: JSON.stringify({ messages, toolConfig }),
      signal: controller.signal,
    },
  );
  setTimeout(() => controller.abort(new Error("The client has gone.")), 20);
  await done;
  expect(events.map(({ type }) => type)).not.toContain("stopped");
  expect(events.at(-1)?.type).toBe("ended");
});
