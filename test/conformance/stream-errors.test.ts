import * as sdk from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, onTestFinished } from "vitest";

import { MessageDecoder } from "../../src/event-stream/index.js";
import type { Fault } from "../../src/server/index.js";
import { protocols } from "../server/support/http.js";
import { MODEL, startServer, STREAM } from "../server/support/start.js";
import { withBoto3 } from "../support/boto3.js";

// Every exception after a stream of InvokeModelWithResponseStream has started.

const PROMPT = '{"prompt":"Hi"}';
const FAULT_MESSAGE = "This fault was asked for (--fault).";
const TOKENS = ["a", "b", "c", "d"];

/** The tokens before the failure. */
const AFTER = 2;

/** The exceptions of the API model's `ResponseStream`, with the payload of each. */
const exceptions = [
  [
    "InternalServerException",
    '{"message":"The system encountered an unexpected error during processing. Try your request again."}',
  ],
  [
    "ModelStreamErrorException",
    `{"message":"${FAULT_MESSAGE}","originalStatusCode":500,"originalMessage":"${FAULT_MESSAGE}"}`,
  ],
  [
    "ModelTimeoutException",
    '{"message":"The request took too long to process. Processing time exceeded the model timeout length."}',
  ],
  ["ServiceUnavailableException", '{"message":"Bedrock is unable to process your request."}'],
  ["ThrottlingException", '{"message":"Too many requests, please wait before trying again."}'],
  ["ValidationException", `{"message":"${FAULT_MESSAGE}"}`],
] as const;

type StreamException = (typeof exceptions)[number][0];

const camelCase = (type: string) => type.charAt(0).toLowerCase() + type.slice(1);
const messageOf = (payload: string) => (JSON.parse(payload) as { message: string }).message;

function failing(kind: StreamException) {
  const faults: readonly Fault[] = [{ kind, after: AFTER }];
  return startServer({ tokens: TOKENS }, { faults });
}

describe.each(protocols)("within a stream, over %s", (_, send) => {
  /** The messages of a body that ended cleanly: otherwise the request would fail, or leave an incomplete message. */
  async function messagesOf(url: string) {
    const { status, body } = await send(url, STREAM, { body: PROMPT });
    expect(status).toBe(200);
    const decoder = new MessageDecoder();
    const messages = [...decoder.push(body)];
    decoder.finish();
    return messages.map(({ headers, body: payload }) => ({
      headers: [...headers].map(([name, { type, value }]) => [name, type, value]),
      payload: Buffer.from(payload).toString(),
    }));
  }

  it.each(exceptions)("%s is the last frame, then the stream ends cleanly", async (kind, payload) => {
    const { server } = await failing(kind);
    const messages = await messagesOf(server.url);
    expect(messages).toHaveLength(AFTER + 1);
    expect(messages.slice(0, AFTER).map(({ headers }) => headers[0])).toEqual(
      Array(AFTER).fill([":event-type", "string", "chunk"]),
    );
    expect(messages.at(-1)).toEqual({
      headers: [
        [":exception-type", "string", camelCase(kind)],
        [":content-type", "string", "application/json"],
        [":message-type", "string", "exception"],
      ],
      payload,
    });
  });

  it("a model that fails without a fault is a ModelStreamErrorException", async () => {
    const { server } = await startServer({ tokens: TOKENS, failAfter: AFTER });
    const messages = await messagesOf(server.url);
    const text = "The engine died, as its script says.";
    expect(messages).toHaveLength(AFTER + 1);
    expect(messages.at(-1)).toMatchObject({
      headers: [[":exception-type", "string", "modelStreamErrorException"], {}, {}],
      payload: JSON.stringify({ message: text, originalStatusCode: 500, originalMessage: text }),
    });
  });
});

describe.each([
  ["HTTP/2", () => undefined],
  ["HTTP/1.1", () => new NodeHttpHandler()],
])("a user of the AWS SDK for JavaScript over %s gets what came, then", (_, handler) => {
  it.each(exceptions)("%s", async (kind, payload) => {
    const { server, lines } = await failing(kind);
    const requestHandler = handler();
    const client = new sdk.BedrockRuntimeClient({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
      ...(requestHandler && { requestHandler }),
    });
    onTestFinished(() => client.destroy());
    const command = new sdk.InvokeModelWithResponseStreamCommand({ modelId: MODEL, body: PROMPT });
    const texts: string[] = [];
    const reading = (async () => {
      const { body } = await client.send(command);
      for await (const { chunk } of body ?? []) {
        const { generation } = JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()) as {
          generation: string;
        };
        texts.push(generation);
      }
    })();
    const failure: unknown = await reading.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(sdk[kind]);
    expect(failure).toMatchObject({ name: kind, message: messageOf(payload) });
    expect(texts).toEqual(TOKENS.slice(0, AFTER));
    expect(lines.filter(({ status }) => status !== undefined)).toHaveLength(1);
  });
});

it("boto3 yields the chunks, then raises an EventStreamError with the code", async (context) => {
  const kinds = exceptions.map(([kind]) => kind);
  const { server, lines } = await startServer(
    { tokens: TOKENS },
    { faults: kinds.map((kind) => ({ kind, after: AFTER, count: 1 })) },
  );
  const results = await withBoto3(
    context,
    server,
    `
from botocore.exceptions import EventStreamError
runtime = boto3.client("bedrock-runtime")
for _ in range(${kinds.length}):
    texts = []
    try:
        stream = runtime.invoke_model_with_response_stream(modelId="${MODEL}", body='${PROMPT}')["body"]
        for event in stream:
            texts.append(json.loads(event["chunk"]["bytes"])["generation"])
        tell({"texts": texts})
    except EventStreamError as error:
        tell({"texts": texts, "code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]})
`,
  );
  expect(results).toEqual(
    exceptions.map(([kind, payload]) => ({
      texts: TOKENS.slice(0, AFTER),
      code: camelCase(kind),
      message: messageOf(payload),
    })),
  );
  expect(lines.filter(({ status }) => status === 200)).toHaveLength(kinds.length);
});
