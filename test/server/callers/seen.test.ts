import { describe, expect, it } from "vitest";

import { scrape } from "../metrics/scrape.js";
import { protocols, sendHttp1 } from "../support/http.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";
import { startCollector } from "../traces/collector.js";
import { CONVERSE_BODY, converse } from "./requests.js";

const SCRIPT = { tokens: ["Hello"] };
const [DEBUG, WARN] = [20, 40];
const APP = "https://app.example";

/** What a caller that isn't allowed asks for, and the name of that in the log and in the metrics. */
const asked = [
  ["GET", "/health", "", "Health"],
  ["GET", "/health/live", "", "Live"],
  ["GET", "/foundation-models", "", "ListFoundationModels"],
  ["POST", INVOKE, '{"prompt":"Hi"}', "InvokeModel"],
  ["POST", converse("converse-stream"), CONVERSE_BODY, "ConverseStream"],
  ["POST", "/guardrail/x/version/1/apply", "{}", undefined],
  ["GET", "/no/such/operation", "", undefined],
] as const;

const preflight = (origin: string) => ({
  method: "OPTIONS",
  headers: { origin, "access-control-request-method": "POST" },
});

describe.each(protocols)("who runs the server sees over %s", (protocol, send) => {
  const hostHeader = protocol === "HTTP/2" ? ":authority" : "host";
  const callers = [
    ["its host", { [hostHeader]: "evil.example:80" }, "`--allow-host evil.example`"],
    ["its origin", { origin: "https://evil.example" }, "`--allow-origin https://evil.example`"],
    ["an origin of null", { origin: "null" }, "`--allow-origin`"],
    ["its site", { "sec-fetch-site": "cross-site" }, "`--allow-origin`"],
  ] as const;

  it.each(asked.flatMap((one) => callers.map((caller) => [...one, ...caller] as const)))(
    "why %s %s is refused, and the option: %s%s by %s",
    async (method, path, body, operation, _, headers, option) => {
      const { server, lines } = await startServer(SCRIPT, { metrics: true });
      await send(server.url, path, { method, body, headers });
      expect(lines).toMatchObject([
        {
          level: WARN,
          msg: `${operation ?? "unknown operation"}, refused because of who calls`,
          status: 403,
          exception: "AccessDeniedException",
          advice: expect.stringContaining(option) as string,
        },
      ]);
      expect(lines[0]?.["operation"]).toBe(operation);
      const labels = { operation: operation ?? "unknown", exception: "AccessDeniedException" };
      const seen = await scrape(server.metricsUrl);
      expect(seen.value("cria_requests_total", labels)).toBe(1);
      expect(seen.text).not.toContain("evil");
    },
  );

  it("preflights at debug level, and those that are refused as warnings", async () => {
    const { server, lines } = await startServer(SCRIPT, { metrics: true, allowOrigins: [APP] });
    for (const path of [INVOKE, STREAM, "/health", "/nothing"]) await send(server.url, path, preflight(APP));
    expect(lines.map(({ level, msg, status }) => [level, msg, status])).toEqual(
      Array(4).fill([DEBUG, "Preflight", 204]),
    );
    await send(server.url, INVOKE, preflight("https://evil.example"));
    expect(lines.at(-1)).toMatchObject({
      level: WARN,
      operation: "Preflight",
      advice: expect.stringContaining("--allow-origin https://evil.example") as string,
    });
    const seen = await scrape(server.metricsUrl);
    expect(seen.value("cria_requests_total", { operation: "Preflight", status: "204" })).toBe(4);
    expect(seen.value("cria_requests_total", { operation: "Preflight", status: "403" })).toBe(1);
    expect(seen.value("cria_requests_running")).toBe(0);
  });

  it("no more than the beginning of a name that somebody made long", async () => {
    const { server, lines } = await startServer(SCRIPT);
    await send(server.url, INVOKE, { body: "{}", headers: { origin: `https://${"x".repeat(9_000)}` } });
    expect(String(lines[0]?.["advice"]).length).toBeLessThan(1_000);
  });
});

it("a scraper that is refused is told of, since Prometheus doesn't show the reason", async () => {
  const { server, lines } = await startServer(SCRIPT, { metrics: true });
  const refuse = (headers: Readonly<Record<string, string>>) =>
    sendHttp1(server.url, "/metrics", { method: "GET", headers });
  await refuse({ host: "cria.namespace" });
  await refuse({ "x-forwarded-for": "203.0.113.5" });
  expect(lines).toMatchObject([
    {
      level: WARN,
      operation: "Metrics",
      advice: expect.stringContaining("--allow-host cria.namespace") as string,
    },
    { level: WARN, operation: "Metrics", advice: expect.stringContaining("--metrics-port") as string },
  ]);
});

it("the span of a preflight, and of a refused call, has its name", async () => {
  const collector = await startCollector();
  const { server } = await startServer(SCRIPT, {
    traces: { endpoint: collector.url },
    allowOrigins: [APP],
  });
  await sendHttp1(server.url, INVOKE, preflight(APP));
  await sendHttp1(server.url, INVOKE, { body: "{}", headers: { origin: "https://evil.example" } });
  await server.close();
  await until(() => collector.spans.length === 2, "both spans");
  expect(collector.spans.map(({ name }) => name)).toEqual(["Preflight", "text_completion"]);
});
