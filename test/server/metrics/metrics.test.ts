import {
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, test } from "vitest";

import { definitions } from "../../../src/server/metrics/index.js";
import { protocols, sendHttp1 } from "../support/http.js";
import { sdkProtocols } from "../support/sdk.js";
import { INVOKE, MODEL, startServer, STREAM, until } from "../support/start.js";
import { scrape } from "./scrape.js";

const SCRIPT = { tokens: ["Hel", "lo"], promptTokens: 7 };
const native = (prompt = "secret-prompt", modelId = MODEL) => ({
  ...{ modelId, contentType: "application/json" },
  body: JSON.stringify({ prompt, max_gen_len: 8 }),
});

describe.each(sdkProtocols)("the AWS SDK over %s", (_name, clientFor) => {
  test("is counted, its tokens and times", async () => {
    const { server } = await startServer(SCRIPT, { metrics: true });
    const client = clientFor(server.url);
    await client.send(new InvokeModelCommand(native()));
    const { stream = [] } = await client.send(
      new ConverseStreamCommand({ modelId: MODEL, messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
    );
    for await (const event of stream) expect(event).toBeDefined();
    const seen = await scrape(server.metricsUrl);
    const model = MODEL;
    const invoke = { operation: "InvokeModel", model };
    expect(seen.value("cria_requests_total", { ...invoke, status: "200", exception: "" })).toBe(1);
    expect(seen.value("cria_requests_total", { operation: "ConverseStream", model, status: "200" })).toBe(1);
    expect(seen.value("cria_prompt_tokens_total", invoke)).toBe(7);
    // the end-of-sequence token is one
    expect(seen.value("cria_generation_tokens_total", invoke)).toBe(3);
    expect(seen.value("cria_generation_tokens_total")).toBe(6);
    expect(seen.value("cria_queue_wait_seconds_count", { model })).toBe(2);
    for (const name of ["request_duration", "time_to_first_token", "time_per_output_token"]) {
      const metric = `gen_ai_server_${name}_seconds`;
      const labels = { gen_ai_operation_name: "chat", gen_ai_provider_name: "aws.bedrock" };
      expect(seen.value(`${metric}_count`, { ...labels, gen_ai_request_model: model }), metric).toBe(1);
      expect(seen.value(`${metric}_sum`, { gen_ai_operation_name: "text_completion" }), metric).toBeLessThan(
        60,
      );
    }
    expect(seen.text).not.toMatch(/secret-prompt|Hello/u);
  });

  test("leaves nothing running, whether it reads to the end, leaves or is refused", async () => {
    const { server } = await startServer(
      { tokens: Array<string>(500).fill("word "), delayMs: 5 },
      { metrics: true },
    );
    const client = clientFor(server.url);
    const controller = new AbortController();
    const { body = [] } = await client.send(new InvokeModelWithResponseStreamCommand(native()), {
      abortSignal: controller.signal,
    });
    const reading = (async () => {
      for await (const part of body) if (part.chunk) break;
      const during = await scrape(server.metricsUrl);
      expect(during.value("cria_streams_running", { model: MODEL })).toBe(1);
      expect(during.value("cria_sequences_running", { model: MODEL })).toBe(1);
      expect(during.value("cria_requests_running")).toBe(1);
      controller.abort();
    })();
    await reading.catch(() => undefined);
    await expect(client.send(new InvokeModelCommand({ ...native(), body: "{}" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
    let seen = await scrape(server.metricsUrl);
    for (let i = 0; i < 500 && seen.value("cria_sequences_running") !== 0; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen = await scrape(server.metricsUrl);
    }
    for (const name of ["cria_streams_running", "cria_sequences_running", "cria_requests_running"]) {
      expect(seen.value(name), name).toBe(0);
    }
    expect(seen.value("cria_requests_aborted_total", { by: "client", model: MODEL })).toBe(1);
    const duration = "gen_ai_server_request_duration_seconds_count";
    expect(seen.value(duration, { error_type: "client" })).toBe(1);
    expect(seen.value(duration, { error_type: "ValidationException" })).toBe(1);
  });
});

test("refusals, throttles and faults have their names", async () => {
  const faults = [
    { kind: "ThrottlingException", count: 2 },
    { kind: "cut", operation: "Converse" },
  ] as const;
  const { server } = await startServer(SCRIPT, { metrics: true, faults });
  const send = (path: string, body = '{"prompt":"Hi"}') => sendHttp1(server.url, path, { body });
  await send(INVOKE);
  await send(INVOKE);
  await send(INVOKE);
  await send("/model/meta.none/invoke");
  await send(`/model/${MODEL}/converse`, '{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}').catch(
    () => undefined,
  );
  await send("/guardrail/x/version/1/apply");
  await send("/nothing");
  const seen = await scrape(server.metricsUrl);
  const requests = (labels: Readonly<Record<string, string>>) => seen.value("cria_requests_total", labels);
  expect(requests({ model: MODEL, status: "429", exception: "ThrottlingException" })).toBe(2);
  expect(requests({ operation: "InvokeModel", model: "", status: "400" })).toBe(1);
  expect(requests({ operation: "ApplyGuardrail" })).toBe(1);
  expect(requests({ operation: "unknown", status: "404" })).toBe(1);
  expect(seen.value("cria_faults_injected_total", { kind: "ThrottlingException" })).toBe(2);
  expect(seen.value("cria_requests_aborted_total", { by: "fault", operation: "Converse" })).toBe(1);
});

test("a stream that fails is told apart from one that was refused", async () => {
  const { server } = await startServer({ ...SCRIPT, failAfter: 1 }, { metrics: true });
  await sendHttp1(server.url, STREAM, { body: '{"prompt":"Hi"}' });
  const failed = { status: "200", exception: "ModelStreamErrorException" };
  expect((await scrape(server.metricsUrl)).value("cria_requests_total", failed)).toBe(1);
});

test("no caller makes series: whatever it asks for", async () => {
  const { server } = await startServer(SCRIPT, { metrics: true });
  const wild = async (i: number) => {
    const alias = `us.${MODEL}`;
    for (const path of [
      ...[`/model/made-up-${i}/invoke`, `/made-up-${i}`, `/model/${alias}/invoke`],
      ...[
        `/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A${i}%3Aprovisioned-model%2Fabc${i}/invoke`,
        `/foundation-models/${i}`,
      ],
    ]) {
      await sendHttp1(server.url, path, { body: '{"prompt":"Hi"}' });
      await sendHttp1(server.url, path, { method: `X${i}` }).catch(() => undefined);
    }
  };
  await wild(0);
  const before = new Set((await scrape(server.metricsUrl)).series);
  for (let i = 1; i < 6; i += 1) await wild(i);
  const after = (await scrape(server.metricsUrl)).series.filter((one) => !one.startsWith("nodejs_"));
  expect(after.filter((one) => !before.has(one))).toEqual([]);
});

test("those that wait are told, and how long they waited", async () => {
  const { server } = await startServer(
    { tokens: ["a"], delayMs: 300 },
    { metrics: true, model: { sequences: 1 } },
  );
  const all = Promise.all([0, 1].map(() => sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' })));
  let most = 0;
  for (let i = 0; i < 500 && most === 0; i += 1) {
    most = (await scrape(server.metricsUrl)).value("cria_queue_length", { model: MODEL }) ?? 0;
  }
  await all;
  expect(most).toBe(1);
  const seen = await scrape(server.metricsUrl);
  expect(seen.value("cria_queue_length")).toBe(0);
  expect(seen.value("cria_queue_wait_seconds_sum", { model: MODEL })).toBeGreaterThan(0.1);
  expect(seen.value("cria_sequences", { model: MODEL })).toBe(1);
});

test("a server that closes isn't ready, and its own port tells so to the end", async () => {
  const { server } = await startServer({ tokens: ["a", "b"], delayMs: 300 }, { metrics: { port: 0 } });
  const open = await scrape(server.metricsUrl);
  expect(open.value("cria_ready")).toBe(1);
  const running = sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
  await until(() => true);
  for (let i = 0; i < 500; i += 1) {
    if ((await scrape(server.metricsUrl)).value("cria_requests_running") === 1) break;
  }
  const closed = server.close();
  expect((await scrape(server.metricsUrl)).value("cria_ready")).toBe(0);
  expect((await running).status).toBe(200);
  await closed;
  await expect(scrape(server.metricsUrl)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

describe.each(protocols)("over %s", (_name, send) => {
  test("the page has Prometheus' type, every metric with its help, and is closed to other operations", async () => {
    const { server } = await startServer(SCRIPT, { metrics: { port: 0 } });
    const url = server.metricsUrl ?? "";
    expect(new URL(url).port).not.toBe(String(server.port));
    const page = await send(new URL(url).origin, "/metrics", { method: "GET" });
    expect(page.status).toBe(200);
    expect(page.header("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(page.header("x-amzn-requestid")).toBeUndefined();
    const text = page.body.toString();
    for (const { name, type } of Object.values(definitions)) {
      expect(text, name).toContain(`# TYPE ${name} ${type}\n`);
      expect(text, name).toContain(`# HELP ${name} `);
    }
    for (const name of [
      "process_resident_memory_bytes",
      "process_cpu_seconds_total",
      "nodejs_eventloop_lag_p99_seconds",
    ]) {
      expect(text).toContain(`\n${name} `);
    }
    const other = await send(new URL(url).origin, "/health", { method: "GET" });
    expect(other.status).toBe(404);
    const main = await send(server.url, "/metrics", { method: "GET" });
    expect([main.status, main.body.toString()]).toEqual([404, "<UnknownOperationException/>"]);
  });
});

test("a server without metrics answers as to any path that it hasn't", async () => {
  const { server } = await startServer(SCRIPT);
  expect(server.metricsUrl).toBeUndefined();
  const [metrics, other] = await Promise.all(
    ["/metrics", "/nothing"].map((path) => sendHttp1(server.url, path, { method: "GET" })),
  );
  expect([metrics?.status, metrics?.body]).toEqual([other?.status, other?.body]);
});

test("scrapes don't count, and stand in the log at debug level alone", async () => {
  const { server, lines } = await startServer(SCRIPT, { metrics: true });
  await scrape(server.metricsUrl);
  const seen = await scrape(server.metricsUrl);
  expect(seen.value("cria_requests_total")).toBeUndefined();
  expect(seen.value("cria_requests_running") ?? 0).toBe(0);
  expect(lines.map(({ level, operation }) => [level, operation])).toEqual([
    [20, "Metrics"],
    [20, "Metrics"],
  ]);
});
