// Has those watch a server who will: Prometheus, with deploy/prometheus/ and the queries of the dashboard, and OpenTelemetry's collector.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { parse, stringify } from "yaml";

import { attempting, equal, until } from "./checks.mjs";

/** How often Prometheus scrapes here, in seconds: 15 would make the check a matter of minutes. */
const SCRAPE_S = 1;

/** What Grafana puts for `$__rate_interval`: at least four scrapes. */
const RATE_S = 30;

const LOCAL = "meta.llama3-8b-instruct-v1:0";
const BEHIND = "meta.llama3-2-1b-instruct-v1:0";

/** A word of the prompts, which must be nowhere. */
const SECRET = "Zanzibar";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

const JSON_BODY = { "content-type": "application/json" };

/** What only an engine of its own process has: the query must be understood, and find nothing here. */
const OF_A_PROCESS = /cria_engine_resident_memory_bytes/u;

/**
 * Starts a server with metrics and traces, has it answer, fail and refuse, and asks those who watch what they saw.
 *
 * @param options.root the repository
 * @param options.tools what `setUpWatchers` returned
 * @param options.report called with the name of each check, and what is wrong, or undefined
 */
export async function checkWatching({ root, tools, report }) {
  const work = mkdtempSync(join(tmpdir(), "cria-watching-"));
  const running = [];
  const start = (command, args, env = {}) => {
    const child = spawn(command, args, { cwd: work, stdio: "pipe", env: { ...process.env, ...env } });
    const started = { child, text: "" };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (started.text += data));
    child.on("error", (error) => (started.text += error.message));
    running.push(child);
    return started;
  };
  const attempt = attempting(report);
  try {
    await watch({ root, tools, work, start, attempt });
  } finally {
    for (const child of running) child.kill("SIGKILL");
    rmSync(work, { recursive: true, force: true });
  }
}

async function watch({ root, tools, work, start, attempt }) {
  const [port, metrics, otlp, own, behind] = await freePorts(5);
  const file = (name, value) => {
    writeFileSync(join(work, name), typeof value === "string" ? value : stringify(value));
    return join(work, name);
  };

  const collector = start(tools.collector, [
    `--config=${file("collector.yaml", {
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
      exporters: { debug: { verbosity: "detailed" } },
      service: {
        telemetry: { metrics: { level: "none" } },
        pipelines: { traces: { receivers: ["otlp"], exporters: ["debug"] } },
      },
    })}`,
  ]);
  const standIns = fileURLToPath(new URL("stand-ins.mjs", import.meta.url));
  start(process.execPath, [standIns, "vllm", `${behind}`, "key"]);
  const answers = [
    { when: "fail", tokens: ["a", "b", "c"], failAfter: 2 },
    { tokens: ["one", " two", " three"], delayMs: 20 },
  ];
  const cria = start(
    process.execPath,
    [
      ...[join(root, "dist/cria.js"), "serve", `--port=${port}`, `--metrics-port=${metrics}`],
      ...[`--traces=http://127.0.0.1:${otlp}`, `--script=${file("answers.json", JSON.stringify(answers))}`],
      `--upstream=${BEHIND}=http://127.0.0.1:${behind},key-env=BEHIND_KEY`,
      "--fault=ThrottlingException,operation=Converse,count=1",
    ],
    { BEHIND_KEY: "key", OTEL_BSP_SCHEDULE_DELAY: "200" },
  );
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => succeeds(`${url}/health/ready`),
    () => cria.text,
  );

  const prometheus = start(tools.prometheus, [
    `--config.file=${file("prometheus.yml", configFor(root, `127.0.0.1:${metrics}`))}`,
    ...[`--storage.tsdb.path=${join(work, "tsdb")}`, `--web.listen-address=127.0.0.1:${own}`],
  ]);
  const ask = async (path) => {
    const response = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`);
    const { status, data, error } = await response.json();
    if (status !== "success") throw new Error(`${path}: ${error}`);
    return data;
  };
  const query = async (text) => (await ask(`query?query=${encodeURIComponent(text)}`)).result;
  await until(
    () => succeeds(`http://127.0.0.1:${own}/-/ready`),
    () => prometheus.text,
  );
  // a rate needs a value before the first request, and several after
  await until(async () => (await query("cria_ready")).length > 0);
  for (let round = 0; round < 3; round++) {
    await answerAll(url);
    await new Promise((resolve) => setTimeout(resolve, 2_000 * SCRAPE_S));
  }

  await attempt(
    "Prometheus reads every metric, with the type and the words of docs/observability.md",
    async () => {
      const { activeTargets } = await ask("targets");
      for (const { health, lastError } of activeTargets) equal(`${health} ${lastError}`, "up ");
      const known = await ask("metadata");
      const documented = metricsOf(readFileSync(join(root, "docs/observability.md"), "utf8"));
      if (documented.length < 20) throw new Error(`only ${documented.length} are documented`);
      for (const { name, type, help } of documented)
        equal(
          JSON.stringify(known[name]?.map((each) => [each.type, each.help])),
          JSON.stringify([[type, help]]),
        );
    },
  );
  await attempt("Prometheus evaluates every alert, and none fires", async () => {
    const rulesOf = async () => (await ask("rules")).groups.flatMap(({ rules }) => rules);
    await until(async () => (await rulesOf()).every(({ health }) => health !== "unknown"));
    const rules = await rulesOf();
    equal(rules.length > 5, true);
    for (const { name, health, lastError = "", state } of rules)
      equal(`${name} ${health} ${lastError} ${state === "firing"}`, `${name} ok  false`);
  });
  for (const { title, expressions } of panelsOf(root))
    await attempt(`the dashboard's panel "${title}" has values in Prometheus`, async () => {
      for (const expression of expressions) {
        const result = await query(expression);
        const values = result.map(({ value }) => Number(value[1]));
        if (OF_A_PROCESS.test(expression) ? values.length > 0 : !values.some(Number.isFinite))
          throw new Error(`${expression} is ${JSON.stringify(result)}`);
      }
    });
  await attempt("the share of errors counts what was refused and what failed in mid-stream", async () => {
    const [panel] = panelsOf(root).filter(({ title }) => title.startsWith("Errors"));
    const [{ value }] = await query(panel.expressions[0]);
    // two of eight in each round, and one that was throttled
    const share = Number(value[1]);
    if (!(share > 0.2 && share < 0.8)) throw new Error(`it is ${share}`);
  });
  await attempt("the dashboard's variables have values", async () => {
    for (const [metric, label, expected] of [
      ["cria_build_info", "instance", `127.0.0.1:${metrics}`],
      ["cria_sequences", "model", BEHIND],
    ])
      equal((await ask(`label/${label}/values?match[]=${metric}`)).includes(expected), true);
  });
  await attempt("OpenTelemetry's collector has a span for each request, below its caller's", async () => {
    await until(
      () =>
        collector.text.includes(TRACE) &&
        /error\.type: Str\(ModelStreamErrorException\)/u.test(collector.text),
      () => collector.text.slice(-2000),
    );
    const spans = collector.text.split(/^Span #/mu).slice(1);
    const called = spans.filter((span) => span.includes(`Trace ID       : ${TRACE}`));
    if (!called.some((span) => span.includes(`Parent ID      : ${CALLER}`)))
      throw new Error(`no span has the caller's parent: ${spans.join("\n")}`);
    for (const said of [
      /Kind +: Server/u,
      /gen_ai\.operation\.name: Str\(/u,
      /gen_ai\.request\.model: Str\(/u,
      /gen_ai\.usage\.output_tokens: Int\(3\)/u,
    ])
      if (!spans.some((span) => said.test(span))) throw new Error(`no span has ${said}: ${spans[0]}`);
    for (const type of ["ModelErrorException", "ModelStreamErrorException"])
      if (!spans.some((span) => span.includes(`Str(${type})`) && /Status code +: Error/u.test(span)))
        throw new Error(`no span has ${type} as an error`);
  });
  await attempt("neither has a word of a prompt or an answer", async () => {
    const { text } = await fetch(`http://127.0.0.1:${metrics}/metrics`).then(async (response) => ({
      text: await response.text(),
    }));
    for (const [who, seen] of Object.entries({
      prometheus: text,
      collector: collector.text,
      cria: cria.text,
    }))
      for (const word of [SECRET, " two", "three"])
        if (seen.includes(word)) throw new Error(`${who} has ${word}`);
  });
}

/**
 * One request of each kind: answered, streamed, from the server behind, failed before and in mid-stream, for a model that isn't there, and one whose
 * client leaves.
 */
async function answerAll(url) {
  const converse = (text) => JSON.stringify({ messages: [{ role: "user", content: [{ text }] }] });
  const invoke = (prompt, most = 3) => JSON.stringify({ prompt, max_gen_len: most });
  const requests = [
    [LOCAL, "converse", converse(SECRET)],
    [LOCAL, "converse-stream", converse(SECRET)],
    [LOCAL, "converse-stream", converse(`fail ${SECRET}`)],
    [LOCAL, "invoke", invoke(`fail ${SECRET}`)],
    [LOCAL, "invoke-with-response-stream", invoke(SECRET)],
    [BEHIND, "invoke-with-response-stream", invoke(SECRET)],
    ["no.such-model", "converse", converse(SECRET)],
  ];
  for (const [model, operation, body] of requests) {
    const headers = { ...JSON_BODY, traceparent: `00-${TRACE}-${CALLER}-01` };
    const response = await fetch(`${url}/model/${encodeURIComponent(model)}/${operation}`, {
      ...{ method: "POST", headers, body },
    });
    await response.arrayBuffer();
  }
  const leaving = new AbortController();
  const response = await fetch(`${url}/model/${encodeURIComponent(BEHIND)}/invoke-with-response-stream`, {
    ...{ method: "POST", body: invoke(SECRET, 20), headers: JSON_BODY, signal: leaving.signal },
  });
  await response.body.getReader().read();
  leaving.abort();
}

/** deploy/prometheus/ for one server here, scraped more often. */
function configFor(root, target) {
  const config = parse(readFileSync(join(root, "deploy/prometheus/prometheus.yml"), "utf8"));
  const [job] = config.scrape_configs.filter(({ job_name: name }) => name === "cria");
  return {
    ...config,
    global: { scrape_interval: `${SCRAPE_S}s`, evaluation_interval: `${SCRAPE_S}s` },
    rule_files: [join(root, "deploy/prometheus/alerts.yaml")],
    scrape_configs: [{ ...job, static_configs: [{ targets: [target] }] }],
  };
}

/** The panels with queries, as Grafana would ask them with all replicas and models chosen. */
function panelsOf(root) {
  const { panels } = JSON.parse(readFileSync(join(root, "deploy/grafana/cria.json"), "utf8"));
  const filled = (text) =>
    text
      .replaceAll("$__rate_interval", `${RATE_S}s`)
      .replaceAll("$instance", ".*")
      .replaceAll("$model", ".*");
  return panels
    .filter(({ targets = [] }) => targets.length > 0)
    .map(({ title, targets }) => ({ title, expressions: targets.map(({ expr }) => filled(expr)) }));
}

/** The rows of the table of metrics. */
function metricsOf(page) {
  const [, table = ""] = /<!-- metrics:[^>]*-->(.*?)<!-- end of metrics -->/su.exec(page) ?? [];
  return table
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name]) => name?.startsWith("`"))
    .map(([, name, type, , help]) => ({ name: name.replaceAll("`", ""), type, help }));
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const succeeds = (url) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
