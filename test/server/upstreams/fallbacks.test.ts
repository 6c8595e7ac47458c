import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { type ServeOptions, serve, type UpstreamServer } from "../../../src/server/index.js";
import {
  type Answer,
  chunk,
  DONE,
  events,
  refusal,
  startCompletionsServer,
  vllmPages,
} from "../../engine/completions/support/completions-server.js";
import {
  type AmazonAnswer,
  exception,
  json,
  KEYS,
  MODEL,
  startAmazon,
  stubAws,
} from "../passthrough/support/amazon.js";
import { readFrames } from "../support/frames.js";
import { sendHttp1 } from "../support/http.js";
import { readRecording } from "../support/recording.js";
import { recordingLogger } from "../support/start.js";

const BODY = JSON.stringify({ prompt: "Hi", max_gen_len: 8 });
const path = (operation: string) => `/model/${MODEL}/${operation}`;
const frames = readRecording("llama3-8b.invoke-with-response-stream").response.body;

type Upstreams = NonNullable<ServeOptions["upstreams"]>[string];
type One = Exclude<Upstreams, readonly unknown[]>;

/** An upstream that a test sets up, and how often it was asked to generate. */
interface Subject {
  readonly options: One;
  readonly asked: () => number;
}

type State = "well" | "refuses connections" | "429" | "503" | "breaks before its answer";

/** Nobody listens there. A port that was closed may be given to the next server. */
const NOBODY = "http://127.0.0.1:1";

const kinds = {
  async server(state: State): Promise<Subject> {
    const answers: Record<State, Answer> = {
      well: events(chunk("of a server", [1]), chunk("", [2], { finish: "stop" }), DONE),
      "refuses connections": events(),
      "429": refusal(429, { error: { message: "busy" } }),
      "503": refusal(503, { error: { message: "Loading model" } }),
      "breaks before its answer": (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(": nothing yet\n\n", () => void response.socket?.destroy());
      },
    };
    const upstream = await startCompletionsServer(vllmPages, answers[state]);
    onTestFinished(() => upstream.close());
    return {
      options: { url: state === "refuses connections" ? NOBODY : upstream.url },
      asked: () => upstream.asked.length,
    };
  },
  async amazon(state: State): Promise<Subject> {
    const answers: Record<State, AmazonAnswer> = {
      well: json(200, {
        generation: "of Amazon",
        prompt_token_count: 1,
        generation_token_count: 1,
        stop_reason: "stop",
      }),
      "refuses connections": () => undefined,
      "429": exception(429, "ThrottlingException"),
      "503": exception(503, "ServiceUnavailableException"),
      "breaks before its answer": (response) => void response.socket?.destroy(),
    };
    const amazon = await startAmazon(answers[state]);
    const endpoint = state === "refuses connections" ? NOBODY : amazon.url;
    return { options: { bedrock: "us-west-2", endpoint }, asked: () => amazon.received.length };
  },
};

type Kind = keyof typeof kinds;

async function start(...upstreams: readonly One[]) {
  const { logger, lines } = recordingLogger();
  const server = await serve({
    engine: createScriptedEngine({ script: { tokens: ["of this machine"] } }),
    upstreams: { [MODEL]: upstreams },
    logger,
    onNotice: () => undefined,
  });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return { server, lines };
}

const invoke = (url: string) => sendHttp1(url, path("invoke"), { body: BODY });
const health = async (url: string) => (await fetch(`${url}/health`)).json();
const generation = ({ body }: { readonly body: Buffer }) =>
  (JSON.parse(body.toString()) as { readonly generation?: string }).generation;

beforeEach(() => stubAws(KEYS));

const pairs: readonly (readonly [Kind, Kind])[] = [
  ["server", "server"],
  ["server", "amazon"],
  ["amazon", "server"],
  ["amazon", "amazon"],
];
const states = ["refuses connections", "429", "503", "breaks before its answer"] as const;

describe.each(pairs)("a model with %s, then %s", (one, other) => {
  test("is answered by the first, and the second isn't asked", async () => {
    const [first, second] = [await kinds[one]("well"), await kinds[other]("well")];
    const { server, lines } = await start(first.options, second.options);
    expect(generation(await invoke(server.url))).toBe(one === "server" ? "of a server" : "of Amazon");
    expect([first.asked(), second.asked()]).toEqual([1, 0]);
    expect(lines.at(-1)).not.toHaveProperty("passedOver");
  });

  test.each(states)("is answered by the second if the first %s", async (state) => {
    const [first, second] = [await kinds[one](state), await kinds[other]("well")];
    const { server, lines } = await start(first.options, second.options);
    const answer = await invoke(server.url);
    expect([answer.status, generation(answer)]).toEqual([
      200,
      other === "server" ? "of a server" : "of Amazon",
    ]);
    expect(second.asked()).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      passedOver: expect.stringMatching(/Amazon Bedrock us-west-2|127\.0\.0\.1:\d+/u) as string,
      answeredBy: other === "server" ? MODEL : "Amazon Bedrock us-west-2",
      standIn: false,
      status: 200,
    });
  });

  test("is refused as the last one refuses, and never answered by this machine", async () => {
    const [first, second] = [await kinds[one]("503"), await kinds[other]("429")];
    const { server } = await start(first.options, second.options);
    const answer = await invoke(server.url);
    expect(answer.status).toBe(429);
    expect(answer.header("x-amzn-errortype")).toMatch(/^ThrottlingException:/u);
    expect([first.asked(), second.asked()]).toEqual([1, 1]);
  });
});

describe("once an answer has begun, nobody else is asked", () => {
  test("a server's stream ends with its exception", async () => {
    const first = await startCompletionsServer(
      vllmPages,
      events(chunk("Hello", [1]), 'data: {"error":{"message":"CUDA died"}}\n\n'),
    );
    onTestFinished(() => first.close());
    const second = await kinds.amazon("well");
    const { server } = await start({ url: first.url }, second.options);
    const { body } = await sendHttp1(server.url, path("invoke-with-response-stream"), { body: BODY });
    expect(readFrames(body).map(({ type }) => type)).toEqual(["chunk", "modelStreamErrorException"]);
    // nor where nothing of it has been sent yet
    expect((await invoke(server.url)).status).toBe(424);
    expect(second.asked()).toBe(0);
  });

  test("Amazon's stream is cut", async () => {
    const amazon = await startAmazon((response) => {
      response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
      response.write(frames.subarray(0, 400), () => setTimeout(() => response.socket?.destroy(), 20));
    });
    const second = await kinds.server("well");
    const { server } = await start({ bedrock: "us-west-2", endpoint: amazon.url }, second.options);
    await expect(
      sendHttp1(server.url, path("invoke-with-response-stream"), { body: BODY }),
    ).rejects.toThrow();
    expect(second.asked()).toBe(0);
  });
});

test("a server that refuses the request itself is the last that is asked", async () => {
  const first = await startCompletionsServer(vllmPages, refusal(400, { error: { message: "bad" } }));
  onTestFinished(() => first.close());
  const second = await kinds.server("well");
  const { server, lines } = await start({ url: first.url }, second.options);
  const reply = await invoke(server.url);
  expect([reply.status, reply.header("x-amzn-errortype")?.split(":")[0]]).toEqual([
    424,
    "ModelErrorException",
  ]);
  expect([first.asked.length, second.asked()]).toEqual([1, 0]);
  expect(lines.at(-1)).not.toHaveProperty("passedOver");
});

test.each<[string, Answer, Partial<UpstreamServer>]>([
  ["fails at its first event", events('data: {"error":{"message":"CUDA died"}}\n\n'), {}],
  ["ends before its first event", events(), {}],
  ["answers with a web page", (response) => void response.end("<html>Hello</html>"), {}],
  ["says nothing after its head", (response) => response.flushHeaders(), { firstTokenMs: 200 }],
  ["says nothing at all", () => undefined, { firstTokenMs: 200 }],
])("where a server %s, the next one is asked", async (_what, answer, settings) => {
  const first = await startCompletionsServer(vllmPages, answer);
  onTestFinished(() => first.close());
  const second = await kinds.server("well");
  const { server, lines } = await start({ url: first.url, ...settings }, second.options);
  expect((await invoke(server.url)).status).toBe(200);
  expect([first.asked.length, second.asked()]).toEqual([1, 1]);
  expect(lines.at(-1)).toHaveProperty("passedOver");
});

test("what is wrong with a request is told by the first, and no other is asked", async () => {
  const [first, second] = [
    await startAmazon(exception(400, "ValidationException")),
    await kinds.server("well"),
  ];
  const { server } = await start({ bedrock: "us-west-2", endpoint: first.url }, second.options);
  expect((await invoke(server.url)).status).toBe(400);
  first.answer = exception(403, "AccessDeniedException");
  expect((await invoke(server.url)).status).toBe(403);
  expect(second.asked()).toBe(0);
});

test.each([
  ["Amazon takes", exception(403, "ExpiredTokenException"), KEYS],
  ["are there", json(200, {}), {}],
])("no credentials that %s: the next is asked", async (_what, answer, variables) => {
  stubAws(variables);
  const [first, second] = [await startAmazon(answer), await kinds.server("well")];
  const { server, lines } = await start({ bedrock: "us-west-2", endpoint: first.url }, second.options);
  expect(generation(await invoke(server.url))).toBe("of a server");
  expect(lines.at(-1)).toMatchObject({
    passedOver: expect.stringMatching(/credentials|ExpiredToken/u) as string,
  });
});

test("an upstream that is known to be down isn't asked, unless all are", async () => {
  const [first, second] = [await kinds.server("refuses connections"), await kinds.server("well")];
  const { server, lines } = await start(first.options, second.options);
  await server.ready();
  await invoke(server.url);
  expect(lines.at(-1)).toMatchObject({ passedOver: expect.stringContaining("can't be reached") as string });
  // one of the model's is there
  expect(await health(server.url)).toMatchObject({ status: "ready" });
  const down = await start(first.options, first.options);
  await down.server.ready();
  expect((await invoke(down.server.url)).status).toBe(503);
  expect(await health(down.server.url)).toMatchObject({ status: "degraded", unavailable: [MODEL] });
});

test("the model's name is that of the upstream that answers", async () => {
  const other = await startCompletionsServer(
    { ...vllmPages, "/v1/models": { data: [{ id: "qwen", owned_by: "vllm", max_model_len: 512 }] } },
    refusal(503, {}),
  );
  onTestFinished(() => other.close());
  const second = await kinds.amazon("well");
  const { server } = await start({ url: other.url }, second.options);
  const answer = await invoke(server.url);
  expect([answer.status, answer.header("x-cria-model")]).toEqual([200, undefined]);
});

test.each([
  [[], "there is none"],
  [[{ bedrock: "evil.example/us-east-1" }], "isn't a region"],
  [[{ bedrock: "us-east-1", retries: 11 }], "from 0 to 10"],
  [[{ bedrock: "us-east-1", endpoint: "vpce" }], "isn't a URL"],
  [[{ bedrock: "us-east-1", endpoint: "https://a:b@c" }], "`endpoint` has a user, a key"],
  [[{ url: "http://a/v1?key=b" }], "`url` has a user, a key"],
  [[{ url: "http://a", key: "sk-1\n" }], "`key` must be the key and nothing else"],
  [[{ url: "http://a", key: "" }], "`key` must be"],
  [[{ bedrock: "us-east-1", timeoutMs: 0 }], "more than 0"],
  [[{ url: "ftp://a" }], "isn't a URL"],
])("%j is refused at the start", async (upstreams, words) => {
  await expect(start(...(upstreams as One[]))).rejects.toMatchObject({
    name: "InvalidUpstreamError",
    message: expect.stringContaining(words) as string,
  });
});
