import { describe, expect, it } from "vitest";

import {
  EngineStoppedError,
  EngineUnavailableError,
  createScriptedEngine,
  type Engine,
  withAdmission,
} from "../../src/engine/index.js";
import type { Fault, ServeOptions } from "../../src/server/index.js";
import { protocols, type SendOptions } from "../server/support/http.js";
import { MODEL, startServer, until } from "../server/support/start.js";

// Every error before a response starts, over both protocols, with the streaming operations too. Credential errors are in
// test/server/access, errors within a stream in stream-errors.test.ts.

const BEDROCK = "http://internal.amazon.com/coral/com.amazon.bedrock/";

const OPERATIONS = ["invoke", "invoke-with-response-stream"] as const;

interface Row {
  readonly name: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** @default {@link MODEL} */
  readonly modelId?: string;
  readonly request?: SendOptions;
  readonly faults?: readonly Fault[];
  readonly options?: () => ServeOptions;
}

const message = (text: string) => JSON.stringify({ message: text });
const PROMPT = '{"prompt":"Hi"}';
const INVALID_ID = message("The provided model identifier is invalid.");
const TOO_LONG = (tokens: number) =>
  message(`This model's maximum context length is ${tokens} tokens. Please reduce the length of the prompt`);

/** An engine that can't start a generation. */
function failing(error: Error): Engine {
  return { ...scripted(), generate: () => Promise.reject(error) };
}

function scripted(promptTokens = 1): Engine {
  const engine = createScriptedEngine({ script: { tokens: ["a"], promptTokens } });
  return {
    capabilities: engine.capabilities,
    sequences: engine.sequences,
    model: () => engine.model(),
    health: () => engine.health(),
    generate: (request) => engine.generate(request),
    countTokens: (...args) => engine.countTokens(...args),
    close: () => engine.close(),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

const rows: readonly Row[] = [
  {
    name: "unknown model id, even with an empty body",
    modelId: "invalid-streaming-model-id",
    request: { body: "" },
    status: 400,
    type: "ValidationException",
    body: INVALID_ID,
  },
  {
    name: "body is not JSON",
    request: { body: PROMPT.slice(0, -1) },
    status: 400,
    type: "ValidationException",
    body: message("Malformed input request, please reformat your input and try again."),
  },
  {
    name: "body is not there",
    request: { body: "" },
    status: 400,
    type: "ValidationException",
    body: message("Malformed input request, please reformat your input and try again."),
  },
  {
    name: "prompt longer than the context, of Llama 2",
    options: () => ({ engine: scripted(4097) }),
    status: 400,
    type: "ValidationException",
    body: TOO_LONG(4096),
  },
  {
    name: "prompt longer than the context, of Llama 3",
    modelId: "meta.llama3-8b-instruct-v1:0",
    options: () => ({ engine: scripted(8193), as: "meta.llama3-8b-instruct-v1:0" }),
    status: 400,
    type: "ValidationException",
    body: TOO_LONG(8192),
  },
  {
    name: "body over 25 MB",
    request: { body: Buffer.alloc(25_000_001, " ") },
    status: 400,
    type: "ValidationException",
    body: message(
      "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 25000000",
    ),
  },
  {
    name: "wrong Content-Type",
    request: { body: PROMPT, headers: { "content-type": "text/plain" } },
    status: 400,
    type: "ValidationException",
    body: message("The provided Content Type is invalid or not supported for this model"),
  },
  {
    name: "wrong Accept",
    request: { body: PROMPT, headers: { accept: "text/plain", "x-amzn-bedrock-accept": "text/plain" } },
    status: 400,
    type: "ValidationException",
    body: message("The provided Accept Type is invalid or not supported for this model"),
  },
  {
    name: "retired model",
    faults: [{ kind: "ResourceNotFoundException" }],
    status: 404,
    type: "ResourceNotFoundException",
    body: message(
      "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
    ),
  },
  {
    name: "no access to the model",
    faults: [{ kind: "AccessDeniedException" }],
    status: 403,
    type: "AccessDeniedException",
    body: message("You don't have access to the model with the specified model ID."),
  },
  {
    name: "throttled, as a fault",
    faults: [{ kind: "ThrottlingException" }],
    status: 429,
    type: "ThrottlingException",
    body: message("Too many requests, please wait before trying again."),
  },
  {
    name: "model still loading",
    options: () => ({ engine: failing(new EngineUnavailableError("It is being loaded.", true)) }),
    status: 429,
    type: "ModelNotReadyException",
    body: message("The model is not ready yet, try again later. It is being loaded."),
  },
  {
    name: "generation took too long",
    faults: [{ kind: "ModelTimeoutException" }],
    status: 408,
    type: "ModelTimeoutException",
    body: message("The request took too long to process. Processing time exceeded the model timeout length."),
  },
  {
    name: "model failed",
    options: () => ({ engine: failing(new EngineStoppedError("The engine died.")) }),
    status: 424,
    type: "ModelErrorException",
    body: `{"message":"The engine died.","originalStatusCode":500,"resourceName":"${MODEL}"}`,
  },
  {
    name: "internal",
    options: () => ({ engine: failing(new TypeError("a mistake in the house")) }),
    status: 500,
    type: "InternalServerException",
    body: message("The system encountered an unexpected error during processing. Try your request again."),
  },
  {
    name: "overloaded, as a fault",
    faults: [{ kind: "ServiceUnavailableException" }],
    status: 503,
    type: "ServiceUnavailableException",
    body: message("Bedrock is unable to process your request."),
  },
  {
    name: "overloaded, as the model can't be loaded",
    options: () => ({ engine: failing(new EngineUnavailableError("It needs 40 GB.", false)) }),
    status: 503,
    type: "ServiceUnavailableException",
    body: message("Bedrock is unable to process your request. It needs 40 GB."),
  },
  {
    name: "a failure of the model, as a fault",
    faults: [{ kind: "ModelErrorException", message: "It broke." }],
    status: 424,
    type: "ModelErrorException",
    body: `{"message":"It broke.","originalStatusCode":500,"resourceName":"${MODEL}"}`,
  },
];

/** Each violation as Bedrock words it, then some glued. The vision model takes images, too. */
const violations: readonly (readonly [body: string, violations: string, modelId?: string])[] = [
  ["{}", "#: required key [prompt] not found"],
  ['{"prompt":"Hi","messages":[]}', "#: extraneous key [messages] is not permitted"],
  ['{"prompt":"Hi","max_gen_len":8192}', "#/max_gen_len: 8192 is not less or equal to 2048"],
  ['{"prompt":"Hi","max_gen_len":0}', "#/max_gen_len: 0 is not greater or equal to 1"],
  ['{"prompt":"Hi","temperature":1.5}', "#/temperature: 1.5 is not less or equal to 1"],
  ['{"prompt":"Hi","temperature":-1}', "#/temperature: -1 is not greater or equal to 0"],
  ['{"prompt":"Hi","top_p":2}', "#/top_p: 2 is not less or equal to 1"],
  ['{"prompt":"Hi","temperature":"1"}', "#/temperature: expected type: Number, found: String"],
  ['{"prompt":"Hi","max_gen_len":1.5}', "#/max_gen_len: expected type: Integer, found: Double"],
  ['{"prompt":""}', "#/prompt: expected minLength: 1, actual: 0"],
  ['{"prompt":["Hi"]}', "#/prompt: expected type: String, found: JSONArray"],
  ['"Hi"', "#: expected type: JSONObject, found: String"],
  ['{"prompt":"Hi","images":[]}', "#: extraneous key [images] is not permitted"],
  [
    '{"prompt":"Hi","images":[7]}',
    "#/images/0: expected type: String, found: Integer",
    "meta.llama3-2-11b-instruct-v1:0",
  ],
  [
    '{"messages":[],"max_tokens":5}',
    "#: required key [prompt] not found#: extraneous key [messages] is not permitted#: extraneous key [max_tokens] is not permitted",
  ],
  [
    '{"top_p":2,"prompt":"","max_gen_len":"1","temperature":-0.5}',
    "#/prompt: expected minLength: 1, actual: 0#/temperature: -0.5 is not greater or equal to 0#/top_p: 2 is not less or equal to 1#/max_gen_len: expected type: Integer, found: String",
  ],
];

describe.each(protocols)("before the response starts, over %s", (_, send) => {
  describe.each(OPERATIONS)("%s", (operation) => {
    const pathOf = (modelId: string) => `/model/${encodeURIComponent(modelId)}/${operation}`;

    async function expectRefusal(row: Row) {
      const { modelId = MODEL, request = { body: PROMPT }, options } = row;
      const { server, lines } = await startServer({ tokens: ["a"] }, { faults: row.faults, ...options?.() });
      const response = await send(server.url, pathOf(modelId), request);
      expect([response.status, response.body.toString()]).toEqual([row.status, row.body]);
      expect(response.header("x-amzn-errortype")).toBe(`${row.type}:${BEDROCK}`);
      expect(response.header("content-type")).toBe("application/json");
      expect(response.header("content-length")).toBe(String(row.body.length));
      expect(response.header("x-amzn-bedrock-content-type")).toBeUndefined();
      await until(() => lines.some(({ status }) => status === row.status), "the log line");
      expect(lines.at(-1)).toMatchObject({
        exception: row.type,
        requestId: response.header("x-amzn-requestid"),
      });
    }

    it.each(rows.map((row) => [row.name, row] as const))("%s", async (_name, row) => {
      await expectRefusal(row);
    });

    const all = violations.map(([body, found, modelId = MODEL]) => [body, found, modelId] as const);
    it.each(all)("schema violations: %s", async (body, found, modelId) => {
      const text = `Malformed input request: ${found}, please reformat your input and try again.`;
      const refused = { status: 400, type: "ValidationException", body: message(text) };
      await expectRefusal({ name: found, modelId, request: { body }, ...refused });
    });

    it("throttled, as all sequences are busy and the queue is full", async () => {
      const slow = createScriptedEngine({
        script: { tokens: Array<string>(100).fill("x"), delayMs: 1_000 },
        model: { sequences: 1 },
      });
      const engine = withAdmission(slow, { length: 0 });
      const { server } = await startServer({ tokens: [] }, { engine });
      const ask = () => send(server.url, pathOf(MODEL), { body: PROMPT });
      // the second request finds the only sequence busy; the first one runs until the server closes
      const refused = await Promise.race([ask(), ask()]);
      expect([refused.status, refused.body.toString()]).toEqual([
        429,
        message("Too many requests, please wait before trying again."),
      ]);
      expect(refused.header("x-amzn-errortype")).toBe(`ThrottlingException:${BEDROCK}`);
    });

    it("model still loading, longer than a request may wait", async () => {
      const engine: Engine = { ...scripted(), model: () => new Promise<never>(() => undefined) };
      const options = { engine, as: undefined, limits: { startMs: 20 } };
      const { server } = await startServer({ tokens: [] }, options);
      const { status, body } = await send(server.url, pathOf(MODEL), { body: PROMPT });
      expect([status, body.toString()]).toEqual([
        429,
        message("The model is not ready yet, try again later. The model is being loaded."),
      ]);
    });
  });

  it("unknown route", async () => {
    const { server } = await startServer({ tokens: [] });
    const response = await send(server.url, `/model/${MODEL}/invoke-quickly`, { body: PROMPT });
    expect([response.status, response.body.toString()]).toEqual([404, "<UnknownOperationException/>"]);
    expect(response.header("x-amzn-errortype")).toBeUndefined();
  });
});
