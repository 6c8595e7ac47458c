import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import {
  type BedrockRuntimeClient,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { serve } from "../../../src/server/index.js";
import {
  chunk,
  DONE,
  events,
  startCompletionsServer,
  vllmPages,
} from "../../engine/completions/support/completions-server.js";
import { sendHttp1 } from "../support/http.js";
import { sdkProtocols } from "../support/sdk.js";
import { INVOKE, MODEL, recordingLogger, startServer, until } from "../support/start.js";
import { startCollector } from "./collector.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const UPSTREAM_MODEL = "meta.llama3-3-70b-instruct-v1:0";
const SCRIPT = { tokens: ["Hel", "lo"], promptTokens: 7 };

const native = (prompt = "secret-prompt", modelId = MODEL) => ({
  ...{ modelId, contentType: "application/json" },
  body: JSON.stringify({ prompt, max_gen_len: 8, temperature: 0.25 }),
});

/** A client whose requests belong to a trace, as those of an instrumented program do. */
function traced(client: BedrockRuntimeClient, traceparent: string): BedrockRuntimeClient {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string> };
      Object.assign(request.headers, { traceparent, tracestate: "vendor=1" });
      return next(args);
    },
    { step: "build" },
  );
  return client;
}

describe.each(sdkProtocols)("the AWS SDK over %s", (_name, clientFor) => {
  test("gets one span for each request, in its trace, without a text", async () => {
    const collector = await startCollector();
    const { server, lines } = await startServer(SCRIPT, { traces: { endpoint: collector.url } });
    const client = traced(clientFor(server.url), `00-${TRACE}-${SPAN}-01`);
    await client.send(new InvokeModelCommand(native()));
    const { stream = [] } = await client.send(
      new ConverseStreamCommand({
        modelId: MODEL,
        messages: [{ role: "user", content: [{ text: "secret-prompt" }] }],
      }),
    );
    for await (const event of stream) expect(event).toBeDefined();
    await server.close();
    expect(collector.requests.map(({ path }) => path)).toEqual(["/v1/traces"]);
    expect(collector.spans).toMatchObject([
      {
        ...{ traceId: TRACE, parentSpanId: SPAN, traceState: "vendor=1", kind: 2 },
        name: `text_completion ${MODEL}`,
        attributes: {
          "gen_ai.operation.name": "text_completion",
          "gen_ai.provider.name": "aws.bedrock",
          "gen_ai.request.model": MODEL,
          "gen_ai.response.model": MODEL,
          "gen_ai.request.max_tokens": 8,
          "gen_ai.request.temperature": 0.25,
          "gen_ai.request.top_p": 0.9,
          "gen_ai.usage.input_tokens": 7,
          "gen_ai.usage.output_tokens": 3,
          "gen_ai.response.finish_reasons": ["stop"],
          "http.request.method": "POST",
          "http.response.status_code": 200,
          "rpc.method": "InvokeModel",
          "server.address": "127.0.0.1",
          "server.port": server.port,
          "cria.stand_in": false,
        },
        events: [{ name: "first_token" }],
      },
      { traceId: TRACE, parentSpanId: SPAN, name: `chat ${MODEL}` },
    ]);
    expect(collector.spans[1]?.attributes["gen_ai.response.finish_reasons"]).toEqual(["end_turn"]);
    expect(collector.resource()).toMatchObject({
      "service.name": "cria",
      "service.version": expect.stringMatching(/^\d+\.\d+/u) as string,
    });
    expect(collector.text()).not.toMatch(/secret-prompt|Hel/u);
    expect(lines).toMatchObject([{ traceId: TRACE }, { traceId: TRACE }]);
  });

  test.each([
    ["with a span of Cria's between", true],
    ["as the caller sent it, where traces are off", false],
  ])("has its trace sent on to the server behind, %s", async (_what, on) => {
    const collector = await startCollector();
    const words = [chunk("Hello", [1]), chunk("", [2], { finish: "stop" })];
    const upstream = await startCompletionsServer(vllmPages, events(...words, DONE));
    const { logger, lines } = recordingLogger();
    const server = await serve({
      upstreams: { [UPSTREAM_MODEL]: { url: upstream.url, key: "secret-key" } },
      engine: createScriptedEngine({ script: { tokens: [] } }),
      logger,
      ...(on && { traces: { endpoint: collector.url } }),
    });
    onTestFinished(async () => {
      await server.close({ graceMs: 0 });
      await upstream.close();
    });
    const client = traced(clientFor(server.url), `00-${TRACE}-${SPAN}-01`);
    const { body = [] } = await client.send(
      new InvokeModelWithResponseStreamCommand(native("Hi", UPSTREAM_MODEL)),
    );
    for await (const part of body) expect(part.chunk).toBeDefined();
    await server.close();
    const sent = upstream.asked[0]?.headers;
    expect(sent).toMatchObject({ authorization: "Bearer secret-key", tracestate: "vendor=1" });
    const [, traceId, spanId] = String(sent?.["traceparent"]).split("-");
    expect(traceId).toBe(TRACE);
    const [span] = collector.spans;
    expect(spanId).toBe(on ? span?.spanId : SPAN);
    if (on) {
      expect(span).toMatchObject({ attributes: { "gen_ai.response.model": UPSTREAM_MODEL } });
      expect(span?.spanId).not.toBe(SPAN);
      expect(collector.text()).not.toContain("secret-key");
    }
    expect(lines.filter(({ operation }) => operation !== undefined)).toMatchObject([{ traceId: TRACE }]);
  });

  test("without a trace gets one of its own, and nothing is sent on where traces are off", async () => {
    const { server, lines, engine } = await startServer(SCRIPT);
    await clientFor(server.url).send(new InvokeModelCommand(native()));
    expect(lines[0]).not.toHaveProperty("traceId");
    expect(engine.requests[0]).not.toHaveProperty("traceHeaders");
    const collector = await startCollector();
    const { server: on, lines: told } = await startServer(SCRIPT, { traces: { endpoint: collector.url } });
    await clientFor(on.url).send(new InvokeModelCommand(native()));
    await on.close();
    expect(collector.spans).toHaveLength(1);
    expect(collector.spans[0]?.parentSpanId ?? "").toBe("");
    expect(told[0]).toMatchObject({ traceId: collector.spans[0]?.traceId });
  });
});

test("refusals and failures are told, health checks and scrapes aren't", async () => {
  const collector = await startCollector();
  const { server } = await startServer(
    { ...SCRIPT, failAfter: 1 },
    { traces: { endpoint: `${collector.url}/v1/traces` }, metrics: true },
  );
  await sendHttp1(server.url, "/health", { method: "GET" });
  await sendHttp1(server.url, "/metrics", { method: "GET" });
  await sendHttp1(server.url, INVOKE, { body: "{}" });
  await sendHttp1(server.url, "/model/meta.none/invoke", { body: "{}" });
  await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
  await sendHttp1(server.url, "/nothing", { method: "GET" });
  await server.close();
  const told = collector.spans.map(({ name, attributes, status }) => [
    name,
    attributes["error.type"],
    status.code,
  ]);
  expect(told).toEqual([
    [`text_completion ${MODEL}`, "ValidationException", 0],
    ["text_completion", "ValidationException", 0],
    [`text_completion ${MODEL}`, "ModelErrorException", 2],
    ["GET", undefined, 0],
  ]);
  expect(collector.requests[0]?.path).toBe("/v1/traces");
});

test("OpenTelemetry's own variables say where to, which share and whose", async () => {
  const collector = await startCollector();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20collector-key");
  vi.stubEnv("OTEL_TRACES_SAMPLER", "parentbased_always_off");
  vi.stubEnv("OTEL_SERVICE_NAME", "our-bedrock");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { server } = await startServer(SCRIPT, { traces: true });
  const send = (headers = {}) => sendHttp1(server.url, INVOKE, { headers, body: '{"prompt":"Hi"}' });
  await send();
  await send({ traceparent: `00-${TRACE}-${SPAN}-00` });
  await send({ traceparent: `00-${TRACE}-${SPAN}-01` });
  await server.close();
  expect(collector.spans).toMatchObject([{ traceId: TRACE, parentSpanId: SPAN }]);
  expect(collector.requests[0]?.headers).toMatchObject({ authorization: "Bearer collector-key" });
  expect(collector.resource()).toMatchObject({ "service.name": "our-bedrock" });
});

test("an endpoint that is no URL ends the start", async () => {
  for (const endpoint of ["collector:4318", "", "ftp://x", "http://user:secret@x", "http://x?key=secret"]) {
    await expect(startServer(SCRIPT, { traces: { endpoint } })).rejects.toThrow(
      new TypeError(
        "`traces.endpoint` must be a URL such as http://localhost:4318, without a user, a key, a `?` or a `#`.",
      ),
    );
  }
});

describe("a collector", () => {
  /** A port that nothing listens on. */
  async function closedPort(): Promise<number> {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }

  test("that isn't there is told in the log, and hurts neither requests nor the end", async () => {
    vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "50");
    onTestFinished(() => void vi.unstubAllEnvs());
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const { server, lines } = await startServer(SCRIPT, { traces: { endpoint } });
    for (let i = 0; i < 3; i += 1) {
      expect((await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).status).toBe(200);
    }
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(lines.filter(({ msg }) => msg.includes("traces can't be sent"))).toHaveLength(1);
  }, 20_000);

  test("that refuses is told once, and told when it takes them again", async () => {
    vi.stubEnv("OTEL_BSP_SCHEDULE_DELAY", "20");
    onTestFinished(() => void vi.unstubAllEnvs());
    let status = 400;
    const collector = await startCollector((response) => response.writeHead(status).end("{}"));
    const { server, lines } = await startServer(SCRIPT, { traces: { endpoint: collector.url } });
    const told = (text: string) => lines.filter(({ msg }) => msg.includes(text)).length;
    const send = () => sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
    for (let i = 1; i <= 2; i += 1) {
      await send();
      await until(() => collector.spans.length === i, "a span is sent");
    }
    await until(() => told("traces can't be sent") === 1, "the refusal is told");
    status = 200;
    await send();
    await until(() => told("traces are sent again") === 1, "the return is told");
    await server.close();
    expect(told("traces can't be sent")).toBe(1);
  });

  test("that hangs is given up when the server closes", async () => {
    const collector = await startCollector(() => undefined);
    const { server } = await startServer(SCRIPT, { traces: { endpoint: collector.url } });
    expect((await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).status).toBe(200);
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(collector.spans).toHaveLength(1);
  }, 20_000);
});
