import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { parseModelId } from "../../../../src/bedrock/index.js";
import { MessageDecoder } from "../../../../src/event-stream/index.js";
import { withBoto3 } from "../../../support/boto3.js";
import { ask, answer } from "../../support/ask.js";
import { protocols } from "../../support/http.js";
import { recordingEngine, startServer, until } from "../../support/start.js";

// A prompt that is longer than the context. Every engine here has one sequence, which must be free again.

const messages = [{ role: "user" as const, content: [{ text: "Hi" }] }];
const BODY = JSON.stringify({ messages });
const LLAMA_3_1 = "meta.llama3-1-70b-instruct-v1:0";

const model = { sequences: 1, contextSize: 100_000_000 };
const modelOf = (id: string) => parseModelId(id)?.model;
const wordsFor = (context: number) =>
  `This model's maximum context length is ${context} tokens. Please reduce the length of the prompt`;
const CONVERSE = "The model returned the following errors: ";

const EARLY = [
  ["meta.llama2-13b-chat-v1", 4096],
  ["meta.llama3-8b-instruct-v1:0", 8192],
] as const;
const LATE = [
  [LLAMA_3_1, 131_072],
  ["meta.llama3-2-1b-instruct-v1:0", 131_072],
  ["meta.llama3-3-70b-instruct-v1:0", 131_072],
  ["meta.llama4-maverick-17b-instruct-v1:0", 1_048_576],
  ["meta.llama4-scout-17b-instruct-v1:0", 3_500_000],
] as const;

/** An engine for which the prompt has one token more than fits, until it is told otherwise. */
function overrunningEngine(context: number) {
  let promptTokens = context + 1;
  const engine = recordingEngine(() => ({ tokens: ["a"], promptTokens }), model);
  return { engine, fit: () => (promptTokens = context) };
}

it.each([...EARLY, ...LATE])(
  "%s says so on Converse, and without a prefix on InvokeModel",
  async (id, context) => {
    const { engine, fit } = overrunningEngine(context);
    const services = { engine, as: modelOf(id) };
    const asked = async (operation: string, body: string) => {
      const { status, header, bytes } = await answer(services, { path: `/model/${id}/${operation}`, body });
      return [status, header("x-amzn-ErrorType")?.split(":")[0], JSON.parse(bytes.toString())] as const;
    };
    const refused = (message: string) => [400, "ValidationException", { message }];
    expect(await asked("converse", BODY)).toEqual(refused(CONVERSE + wordsFor(context)));
    for (const operation of ["invoke", "invoke-with-response-stream"])
      expect(await asked(operation, '{"prompt":"Hi"}')).toEqual(refused(wordsFor(context)));
    fit();
    expect((await asked("converse", BODY))[0]).toBe(200);
  },
);

it.each(EARLY)("%s refuses it before a stream", async (id, context) => {
  const { engine } = overrunningEngine(context);
  const path = `/model/${id}/converse-stream`;
  const { status, bytes, record } = await answer({ engine, as: modelOf(id) }, { path, body: BODY });
  expect([status, JSON.parse(bytes.toString())]).toEqual([400, { message: CONVERSE + wordsFor(context) }]);
  expect(record).toMatchObject({ exception: "ValidationException", status: 400 });
});

it("a stand-in refuses more messages than its context has tokens in the same words", async () => {
  const engine = recordingEngine(
    { tokens: ["a"] },
    { contextSize: 2, chatTemplate: "{{ messages | length }}" },
  );
  const talk = [...messages, { role: "assistant", content: [{ text: "Hi" }] }, ...messages];
  const asked = async (operation: string) => {
    const path = `/model/${LLAMA_3_1}/${operation}`;
    return answer({ engine, as: undefined }, { path, body: JSON.stringify({ messages: talk }) });
  };
  const whole = await asked("converse");
  expect([whole.status, JSON.parse(whole.bytes.toString())]).toEqual([
    400,
    { message: CONVERSE + wordsFor(2) },
  ]);
  const stream = await asked("converse-stream");
  expect([stream.status, decode(stream.bytes)]).toEqual([200, [exceptionFrame(2)]]);
  expect(engine.requests).toEqual([]);
});

/** The messages of a body that ended cleanly. */
function decode(body: Uint8Array) {
  const decoder = new MessageDecoder();
  const decoded = [...decoder.push(body)];
  decoder.finish();
  return decoded.map(({ headers, body: payload }) => ({
    headers: [...headers].map(([name, { value }]) => [name, value]),
    payload: Buffer.from(payload).toString(),
  }));
}

const exceptionFrame = (context: number) => ({
  headers: [
    [":exception-type", "validationException"],
    [":content-type", "application/json"],
    [":message-type", "exception"],
  ],
  payload: JSON.stringify({ message: CONVERSE + wordsFor(context) }),
});

describe.each(protocols)("over %s, a stream", (_, send) => {
  it.each(LATE)("of %s is nothing but an exception, with status 200", async (id, context) => {
    let promptTokens = context + 1;
    const { server, lines, engine } = await startServer(() => ({ tokens: ["a"], promptTokens }), {
      as: id,
      model,
    });
    const path = `/model/${id}/converse-stream`;
    // more often than there are sequences
    for (let i = 0; i < 3; i += 1) {
      const response = await send(server.url, path, { body: BODY });
      const type = response.header("content-type");
      expect([response.status, type]).toEqual([200, "application/vnd.amazon.eventstream"]);
      expect(response.header("x-amzn-errortype")).toBeUndefined();
      expect(decode(response.body)).toEqual([exceptionFrame(context)]);
    }
    expect(engine.tokensRead).toBe(0);
    const logged = () => lines.filter(({ operation }) => operation === "ConverseStream");
    await until(() => logged().length === 3, "a line for each");
    expect(logged()[0]).toMatchObject({ status: 200, exception: "ValidationException" });
    promptTokens = context;
    expect((await send(server.url, path, { body: BODY })).body.toString()).toContain("messageStop");
  });
});

it("a stream's failure is an event of its own, and the sequence is free before the request ends", async () => {
  let freed = 0;
  const watched = recordingEngine({ tokens: ["a"], promptTokens: 131_073 }, model);
  const generate = watched.generate.bind(watched);
  watched.generate = (request) =>
    generate({
      ...request,
      onFree: () => {
        freed += 1;
        request.onFree?.();
      },
    });
  const { done, events } = ask(
    { engine: watched, as: modelOf(LLAMA_3_1) },
    { path: `/model/${LLAMA_3_1}/converse-stream`, body: BODY },
  );
  await done;
  expect(freed).toBe(1);
  expect(events.map(({ type }) => type)).toEqual([
    "routed",
    "modelNamed",
    "modelFound",
    "generationAsked",
    "modelChosen",
    "admitted",
    "responded",
    "failed",
    "ended",
  ]);
});

describe.each([
  ["HTTP/2", () => undefined],
  ["HTTP/1.1", () => new NodeHttpHandler()],
])("the AWS SDK for JavaScript over %s", (_, handler) => {
  it("throws a ValidationException, also of a stream", async () => {
    const { server } = await startServer({ tokens: ["a"], promptTokens: 131_073 }, { as: LLAMA_3_1, model });
    const requestHandler = handler();
    const client = new BedrockRuntimeClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
      maxAttempts: 1,
      ...(requestHandler && { requestHandler }),
    });
    onTestFinished(() => client.destroy());
    const caught = async (call: () => Promise<unknown>) => {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ValidationException);
      const { message, $metadata } = error as Partial<ValidationException>;
      // an exception in a stream has none
      return { message, status: $metadata?.httpStatusCode };
    };
    const message = CONVERSE + wordsFor(131_072);
    expect(await caught(() => client.send(new ConverseCommand({ modelId: LLAMA_3_1, messages })))).toEqual({
      message,
      status: 400,
    });
    // the SDK reads the first message before it returns the stream
    const stream = new ConverseStreamCommand({ modelId: LLAMA_3_1, messages });
    expect(await caught(() => client.send(stream))).toEqual({ message, status: undefined });
  });
});

it("boto3 raises an EventStreamError from the stream", async (context) => {
  const { server } = await startServer({ tokens: ["a"], promptTokens: 131_073 }, { as: LLAMA_3_1, model });
  const program = `
client = boto3.client("bedrock-runtime", region_name="us-east-1")
messages = [{"role": "user", "content": [{"text": "Hi"}]}]
model = ${JSON.stringify(LLAMA_3_1)}
tell(outcome(lambda: client.converse(modelId=model, messages=messages)))
stream = client.converse_stream(modelId=model, messages=messages)["stream"]
tell(outcome(lambda: list(stream)))
`;
  const message = CONVERSE + wordsFor(131_072);
  expect(await withBoto3(context, server, program)).toMatchObject([
    { class: "ValidationException", code: "ValidationException", status: 400, message },
    { class: "EventStreamError", code: "validationException", message },
  ]);
});
