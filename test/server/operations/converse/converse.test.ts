import { describe, expect, it } from "vitest";

import { llamaModels, parseModelId, textMessage } from "../../../../src/bedrock/index.js";
import { createScriptedEngine } from "../../../../src/engine/index.js";
import { conversePrompt } from "../../../../src/prompt/index.js";
import { answer, HELLO } from "../../support/ask.js";
import { readEvents } from "../../support/frames.js";
import { recordingEngine } from "../../support/start.js";

const LLAMA_3 = "meta.llama3-8b-instruct-v1:0";
const messages = [{ role: "user", content: [{ text: "Hi" }] }];
const as = parseModelId(LLAMA_3)?.model;

function ask(body: object, engine = recordingEngine(HELLO), modelId = LLAMA_3) {
  const path = `/model/${modelId}/converse`;
  return answer({ as: parseModelId(modelId)?.model, engine }, { path, body: JSON.stringify(body) });
}

async function text(body: object, tokens: readonly string[]) {
  const engine = recordingEngine({ tokens, promptTokens: 3 });
  const { bytes, record } = await ask(body, engine);
  const { output, stopReason, usage } = JSON.parse(bytes.toString()) as {
    output: { message: { content: { text: string }[] } };
    stopReason: string;
    usage: { outputTokens: number };
  };
  return { text: output.message.content[0]?.text, stopReason, tokens: usage.outputTokens, record, engine };
}

describe("Converse", () => {
  it("answers with the keys in Bedrock's order", async () => {
    const { status, bytes, headers } = await ask({ messages });
    expect(status).toBe(200);
    expect(bytes.toString().replace(/"latencyMs":\d+/u, '"latencyMs":0')).toBe(
      '{"metrics":{"latencyMs":0},"output":{"message":{"content":[{"text":"Hello"}],"role":"assistant"}},' +
        '"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":4,"serverToolUsage":{},"totalTokens":11}}',
    );
    expect(headers.map(([name]) => name)).toEqual([
      "Date",
      "Content-Type",
      "Content-Length",
      "Connection",
      "x-amzn-RequestId",
    ]);
  });

  it.each([
    "meta.llama2-13b-chat-v1",
    LLAMA_3,
    "meta.llama3-2-1b-instruct-v1:0",
    "meta.llama4-scout-17b-instruct-v1:0",
  ])("gives %s its own prompt format", async (modelId) => {
    const engine = recordingEngine(HELLO);
    await ask({ messages, system: [{ text: "Be brief." }] }, engine, modelId);
    const model = parseModelId(modelId)?.model;
    const chat = { messages: [textMessage("system", "Be brief."), textMessage("user", "Hi")], tools: [] };
    expect(engine.requests).toMatchObject([
      {
        prompt: conversePrompt(model?.family ?? "llama-2", chat),
        bos: model?.family === "llama-2" ? "always" : "never",
      },
    ]);
  });

  it("uses the model's defaults, and over them inferenceConfig and the model's own fields", async () => {
    const engine = recordingEngine(HELLO);
    await ask({ messages }, engine);
    await ask({ messages, inferenceConfig: { maxTokens: 5, temperature: 0, topP: 1 } }, engine);
    await ask(
      {
        messages,
        inferenceConfig: { maxTokens: 5 },
        additionalModelRequestFields: { top_p: 0.5 },
      },
      engine,
    );
    expect(engine.requests).toMatchObject([
      { maxTokens: 2048, temperature: 0.5, topP: 0.9 },
      { maxTokens: 5, temperature: 0, topP: 1 },
      { maxTokens: 5, temperature: 0.5, topP: 0.5 },
    ]);
  });

  it("cuts at a stop sequence split over two tokens, counts the token that completes it, and stops generating", async () => {
    const stopSequences = ["STOP"];
    const request = { messages, inferenceConfig: { stopSequences } };
    const { engine, record, ...rest } = await text(request, ["One ", "ST", "OP two", " three", " four"]);
    expect(rest).toEqual({ text: "One ", stopReason: "stop_sequence", tokens: 3 });
    expect(engine.tokensRead).toBe(3);
    expect(record["stopReason"]).toBe("stop_sequence");
  });

  it("keeps text that only begins like a stop sequence", async () => {
    const request = { messages, inferenceConfig: { stopSequences: ["STOP"] } };
    expect(await text(request, ["One ", "STO"])).toMatchObject({ text: "One STO", stopReason: "end_turn" });
  });

  it("reports that the answer was cut at maxTokens", async () => {
    const request = { messages, inferenceConfig: { maxTokens: 2 } };
    expect(await text(request, ["a", "b", "c"])).toMatchObject({
      text: "ab",
      stopReason: "max_tokens",
      tokens: 2,
    });
  });

  it("returns the requested fields of the model's response", async () => {
    const additionalModelResponseFieldPaths = ["/stop_reason", "/nothing"];
    const { bytes } = await ask({ messages, additionalModelResponseFieldPaths });
    expect(bytes.toString()).toMatch(
      /^\{"additionalModelResponseFields":\{"stop_reason":"stop"\},"metrics":/u,
    );
  });

  it.each([
    [
      "more tokens than the model's limit",
      { messages, inferenceConfig: { maxTokens: 2049 } },
      "The maximum tokens you requested exceeds the model limit of 2048. Try again with a maximum tokens value that is lower than 2048.",
    ],
    [
      "a field that the model doesn't have",
      { messages, additionalModelRequestFields: { top_k: 1 } },
      "The model returned the following errors: Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and try again.",
    ],
    [
      "a field that doubles a member",
      { messages, inferenceConfig: { maxTokens: 5 }, additionalModelRequestFields: { max_gen_len: 5 } },
      "The additional field max_gen_len conflicts with the existing field maxTokens. Remove max_gen_len and try again.",
    ],
    [
      "a guardrail",
      { messages, guardrailConfig: { guardrailIdentifier: "x", guardrailVersion: "1" } },
      "The guardrail identifier or version provided in the request does not exist.",
    ],
    [
      "an invalid path",
      { messages, additionalModelResponseFieldPaths: ["stop_reason"] },
      "The additionalModelResponseFieldPaths value stop_reason isn't a valid JSON pointer.",
    ],
  ])("refuses %s", async (_name, body, message) => {
    const { status, header, bytes } = await ask(body);
    expect([status, header("x-amzn-ErrorType")?.split(":")[0]]).toEqual([400, "ValidationException"]);
    expect(JSON.parse(bytes.toString())).toEqual({ message });
  });

  it("lets a stand-in write 512 tokens if the request doesn't say, since it may never end", async () => {
    const engine = recordingEngine(HELLO);
    const path = "/model/us.meta.llama3-3-70b-instruct-v1:0/converse";
    const ofStandIn = (more: object) =>
      answer(
        { as: parseModelId(LLAMA_3)?.model, engine },
        { path, body: JSON.stringify({ messages, ...more }) },
      );
    await ofStandIn({});
    await ofStandIn({ inferenceConfig: { maxTokens: 4096 } });
    await ofStandIn({ additionalModelRequestFields: { max_gen_len: 1024 } });
    expect(engine.requests.map(({ maxTokens }) => maxTokens)).toEqual([512, 4096, 1024]);
  });

  it.each(llamaModels.filter(({ kind }) => kind === "chat"))(
    "generates as many tokens for $id as Bedrock allows, and that many if the request doesn't say",
    async ({ id, family, converseMaxTokens }) => {
      expect(converseMaxTokens).toBe(family === "llama-2" || family === "llama-3" ? 2048 : 8192);
      const engine = recordingEngine(HELLO);
      for (const inferenceConfig of [{}, { maxTokens: converseMaxTokens }])
        expect((await ask({ messages, inferenceConfig }, engine, id)).status).toBe(200);
      expect(engine.requests.map(({ maxTokens }) => maxTokens)).toEqual([
        converseMaxTokens,
        converseMaxTokens,
      ]);
      const refused = async (more: object) => (await ask({ messages, ...more }, engine, id)).bytes.toString();
      expect(await refused({ inferenceConfig: { maxTokens: converseMaxTokens + 1 } })).toBe(
        `{"message":"The maximum tokens you requested exceeds the model limit of ${converseMaxTokens}. Try again with a maximum tokens value that is lower than ${converseMaxTokens}."}`,
      );
      // the native field keeps the native limit
      expect(await refused({ additionalModelRequestFields: { max_gen_len: 2049 } })).toContain(
        "#/max_gen_len: 2049 is not less or equal to 2048",
      );
      expect(engine.requests).toHaveLength(2);
    },
  );

  it("refuses a base model", async () => {
    const { bytes } = await ask({ messages }, undefined, "meta.llama2-13b-v1");
    expect(bytes.toString()).toContain("This action doesn't support the model that you provided.");
  });

  it("sends a stand-in the messages in its own template, and names it", async () => {
    const chatTemplate = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}";
    const engine = recordingEngine(HELLO, { name: "tiny", chatTemplate });
    const path = `/model/${LLAMA_3}/converse`;
    const body = JSON.stringify({ messages, system: [{ text: "Be brief." }] });
    const { header } = await answer({ as: undefined, engine }, { path, body });
    expect(header("x-cria-model")).toBe("tiny");
    expect(engine.requests).toMatchObject([{ prompt: "[system] Be brief.\n[user] Hi\n", bos: "model" }]);
  });

  it("checks the model id before the body, and the body's form before its meaning", async () => {
    const message = async (modelId: string, body: string) => {
      const path = `/model/${modelId}/converse`;
      return (await answer({ as }, { path, body })).bytes.toString();
    };
    expect(await message("nobody.knows", "{")).toContain("The provided model identifier is invalid.");
    expect(await message(LLAMA_3, '{"messages":1,"inferenceConfig":{"maxTokens":0}}')).toContain(
      "NUMBER_VALUE",
    );
    expect(await message(LLAMA_3, '{"messages":[],"inferenceConfig":{"maxTokens":0}}')).toContain(
      "1 validation error detected",
    );
    expect(await message(LLAMA_3, '{"messages":[],"inferenceConfig":{"maxTokens":9999}}')).toContain(
      "must start with a user message",
    );
  });
});

describe("ConverseStream", () => {
  const stream = (body: object, tokens: readonly string[], failAfter?: number) =>
    answer(
      {
        as,
        engine: createScriptedEngine({
          script: { tokens, promptTokens: 3, ...(failAfter !== undefined && { failAfter }) },
        }),
      },
      { path: `/model/${LLAMA_3}/converse-stream`, body: JSON.stringify(body) },
    );

  it("sends one delta for each token, then the closing events", async () => {
    const { bytes, headers } = await stream({ messages }, ["Hel", "lo"]);
    expect(
      readEvents(bytes).map(({ type, json }) => [type, json.replace(/"latencyMs":\d+/u, '"latencyMs":0')]),
    ).toEqual([
      ["messageStart", '{"role":"assistant"}'],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":"Hel"}}'],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":"lo"}}'],
      ["contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":""}}'],
      ["contentBlockStop", '{"contentBlockIndex":0}'],
      ["messageStop", '{"stopReason":"end_turn"}'],
      [
        "metadata",
        '{"metrics":{"latencyMs":0},"usage":{"inputTokens":3,"outputTokens":3,"serverToolUsage":{},"totalTokens":6}}',
      ],
    ]);
    expect(headers.map(([name]) => name)).toEqual([
      "Date",
      "Content-Type",
      "Transfer-Encoding",
      "Connection",
      "x-amzn-RequestId",
    ]);
  });

  it("never sends a part of a stop sequence", async () => {
    const { bytes } = await stream({ messages, inferenceConfig: { stopSequences: ["\n\nUser:"] } }, [
      "Hi.",
      "\n",
      "\nUs",
      "er: Bye",
      "!",
    ]);
    const events = readEvents(bytes).map(({ json }) => json);
    expect(events.join("")).toContain('"stopReason":"stop_sequence"');
    expect(events.filter((json) => json.includes("delta"))).toEqual([
      '{"contentBlockIndex":0,"delta":{"text":"Hi."}}',
      '{"contentBlockIndex":0,"delta":{"text":""}}',
      '{"contentBlockIndex":0,"delta":{"text":""}}',
      '{"contentBlockIndex":0,"delta":{"text":""}}',
    ]);
  });

  it("ends a failed stream with the frame that every SDK reports", async () => {
    const { bytes, record } = await stream({ messages }, ["Hel", "lo"], 1);
    expect(readEvents(bytes).map(({ type }) => type)).toEqual([
      "messageStart",
      "contentBlockDelta",
      "modelStreamErrorException",
    ]);
    expect(record["exception"]).toBe("ModelStreamErrorException");
  });
});

describe("CountTokens", () => {
  const count = (body: object, engine = recordingEngine(HELLO)) =>
    answer({ as, engine }, { path: `/model/${LLAMA_3}/count-tokens`, body: JSON.stringify(body) });

  it("counts the input of InvokeModel", async () => {
    const body = Buffer.from('{"prompt":"one two three"}').toString("base64");
    const { status, bytes } = await count({ input: { invokeModel: { body } } });
    expect([status, bytes.toString()]).toEqual([200, '{"inputTokens":3}']);
  });

  it("counts the input of Converse, in the model's format", async () => {
    const { bytes } = await count({ input: { converse: { messages } } });
    const words = conversePrompt("llama-3", { messages: [textMessage("user", "Hi")], tools: [] }).split(
      /\s+/u,
    );
    expect(bytes.toString()).toBe(`{"inputTokens":${words.filter((word) => word !== "").length}}`);
  });

  it.each([
    ["no input", {}, "Value null at 'input' failed to satisfy constraint: Member must not be null"],
    [
      "no member",
      { input: {} },
      "CountTokensInput object at input must set one of the following keys: invokeModel, converse.",
    ],
    [
      "two members",
      { input: { invokeModel: { body: btoa("{}") }, converse: { messages } } },
      "CountTokensInput object at input can only set one of the following keys: invokeModel, converse.",
    ],
    [
      "a body that InvokeModel refuses",
      { input: { invokeModel: { body: btoa("{}") } } },
      "Malformed input request: #: required key [prompt] not found, please reformat your input and try again.",
    ],
    [
      "a conversation that Converse refuses",
      { input: { converse: { messages: [] } } },
      "A conversation must start with a user message.",
    ],
  ])("refuses %s", async (_name, body, message) => {
    const { status, bytes } = await count(body);
    expect(status).toBe(400);
    expect(bytes.toString()).toContain(message);
  });
});
