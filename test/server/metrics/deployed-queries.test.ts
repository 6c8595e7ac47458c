import { readFile } from "node:fs/promises";

import { parser } from "@prometheus-io/lezer-promql";
import { expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { serve } from "../../../src/server/index.js";
import { MODEL } from "../support/start.js";
import { sendHttp1 } from "../support/http.js";
import {
  chunk,
  DONE,
  events,
  startCompletionsServer,
  vllmPages,
} from "../../engine/completions/support/completions-server.js";
import { type Scrape, scrape } from "./scrape.js";

const file = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), "utf8");

/** What Prometheus itself adds to each series. */
const TARGET_LABELS = ["instance", "job"];

interface Query {
  /** Where it stands. */
  readonly where: string;
  readonly expr: string;
}

/** The queries of the dashboard, those of its variables included, and of the alerts. */
async function queries(): Promise<readonly Query[]> {
  const dashboard = JSON.parse(await file("deploy/grafana/cria.json")) as {
    readonly panels: readonly {
      readonly title: string;
      readonly targets?: readonly { readonly expr: string }[];
    }[];
    readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
  };
  const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `panel ${title}`, expr })),
  );
  const variables = dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === "object"
      ? [{ where: `variable ${name}`, expr: (query as { query: string }).query }]
      : [],
  );
  // its own form: a line with the expression, or lines below that are indented deeper
  const rules = (await file("deploy/prometheus/alerts.yaml")).split(/^ +- alert: /mu).slice(1);
  const alerts = rules.map((rule) => ({
    where: `alert ${rule.split("\n")[0]}`,
    expr: /^ +expr: (?:\|\n)?((?:.|\n)*?)\n +(?:for|labels): /mu.exec(rule)?.[1] ?? "",
  }));
  return [...panels, ...variables, ...alerts];
}

/** A scrape of a server that has had every kind of request. */
async function busyScrape(): Promise<Scrape> {
  const words = [chunk("Hello", [1]), chunk(" you", [2]), chunk("", [3], { finish: "stop" })];
  const upstream = await startCompletionsServer(vllmPages, events(...words, DONE));
  const model = "meta.llama3-3-70b-instruct-v1:0";
  const memory = { residentBytes: 1e9, loadedBytes: 1e9 };
  const engine = Object.assign(createScriptedEngine({ script: { tokens: ["a", "b"] } }), {
    memory: () => memory,
    restarts: 1,
  });
  const server = await serve({
    engine,
    as: MODEL,
    metrics: true,
    upstreams: { [model]: { url: upstream.url } },
    faults: [
      { kind: "ThrottlingException", count: 1 },
      { kind: "cut", count: 1 },
    ],
  });
  for (let i = 0; i < 4; i += 1) {
    for (const id of [MODEL, model]) {
      const path = `/model/${id}/invoke-with-response-stream`;
      await sendHttp1(server.url, path, { body: '{"prompt":"Hi"}' }).catch(() => undefined);
    }
  }
  const seen = await scrape(server.metricsUrl);
  await server.close();
  await upstream.close();
  return seen;
}

const seen = await busyScrape();
const all = await queries();

test("there are queries for everything an operator asks", () => {
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(({ where }) => where.startsWith("alert")).map(({ where }) => where)).toEqual(
    expect.arrayContaining([
      "alert CriaNoReplicaReady",
      "alert CriaUpstreamDown",
      "alert CriaErrorShare",
      "alert CriaTimeToFirstToken",
      "alert CriaQueueWait",
      "alert CriaEngineRestarts",
    ]),
  );
});

test.each(all)("$where asks for metrics and labels that come out of a running server", ({ expr }) => {
  const { metrics, labels, errors } = parse(expr);
  expect(errors, expr).toEqual([]);
  expect(metrics.length, expr).toBeGreaterThan(0);
  for (const metric of metrics) expect(seen.names, expr).toContain(metric);
  for (const label of labels) {
    if (TARGET_LABELS.includes(label)) continue;
    const has = metrics.filter((metric) =>
      seen.series.some((one) => one.startsWith(`${metric}{`) && new RegExp(`[{,]${label}="`, "u").test(one)),
    );
    expect(has, `${label} in ${expr}`).not.toEqual([]);
  }
});

/** The metrics and labels of a query, and what isn't PromQL. */
function parse(expr: string) {
  // Grafana's: the series of a variable's values, and a duration
  const [, of = expr, label] = /^label_values\((\w+), (\w+)\)$/u.exec(expr) ?? [];
  const text = of.replaceAll("$__rate_interval", "5m");
  const found = {
    metrics: [] as string[],
    labels: label === undefined ? [] : [label],
    errors: [] as string[],
  };
  parser.parse(text).iterate({
    enter({ type, node, from, to }) {
      const words = text.slice(from, to);
      if (type.isError) found.errors.push(text.slice(from - 10, to + 10));
      else if (type.name === "Identifier" && node.parent?.name === "VectorSelector")
        found.metrics.push(words);
      else if (type.name === "LabelName") found.labels.push(words);
    },
  });
  return found;
}

test("the host that Prometheus asks in compose.yaml is one that the server's port for metrics answers to", async () => {
  const [, host = ""] =
    /targets: \["([\w-]+):9464"\]/u.exec(await file("deploy/prometheus/prometheus.yml")) ?? [];
  const [, allowed = ""] = /^allowHosts: \[([\w-]+)\]$/mu.exec(await file("deploy/cria.yaml")) ?? [];
  expect([host, allowed]).toEqual(["cria", "cria"]);
  const engine = createScriptedEngine({ script: { tokens: ["a"] } });
  const server = await serve({ engine, metrics: { port: 0 }, allowHosts: [allowed] });
  onTestFinished(() => server.close());
  const { origin } = new URL(server.metricsUrl ?? "");
  const { status } = await sendHttp1(origin, "/metrics", {
    method: "GET",
    headers: { host: `${host}:9464` },
  });
  expect(status).toBe(200);
});

test("the parser finds what is wrong", () => {
  expect(parse('sum by (model) (rate(cria_x{a="b"}[5m]))')).toEqual({
    ...{ metrics: ["cria_x"], labels: ["model", "a"], errors: [] },
  });
  expect(parse("sum(cria_x").errors).not.toEqual([]);
  expect(parse("rate(cria_x[5m]) >").errors).not.toEqual([]);
});
