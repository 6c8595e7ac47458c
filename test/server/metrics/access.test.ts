import { networkInterfaces } from "node:os";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { createScriptedEngine } from "../../../src/engine/index.js";
import { acceptAnyone } from "../../../src/server/access/authenticator.js";
import {
  createKey,
  NoKeysError,
  PortInUseError,
  serve,
  type ServeOptions,
} from "../../../src/server/index.js";
import { defaultLimits } from "../../../src/server/limits.js";
import { ServerMetrics } from "../../../src/server/metrics/index.js";
import { silentLogger } from "../../../src/server/observe/index.js";
import { handle } from "../../../src/server/handle.js";
import { emptyFolder } from "../../support/folder.js";
import { serverContext } from "../support/ask.js";
import { collectingExchange, testConnection } from "../support/exchange.js";
import { openRaw, protocols, sendHttp1 } from "../support/http.js";
import { sendHttps, identity } from "../support/tls.js";

async function start(options: ServeOptions) {
  const engine = createScriptedEngine({ script: { tokens: ["Hi"] } });
  const server = await serve({ engine, ...options });
  onTestFinished(() => server.close({ graceMs: 0 }));
  return server;
}

async function keysFile() {
  const file = join(await emptyFolder(), "keys.json");
  const { apiKey } = await createKey(file);
  return { keysFile: file, authorization: `Bearer ${apiKey}` };
}

const get = (headers: Readonly<Record<string, string>> = {}) => ({ method: "GET", headers });

/** A scrape of the server's own port, without a socket. */
async function scrapeFrom(address: string, headers: Readonly<Record<string, string>> = {}) {
  const metrics = new ServerMetrics({
    ...{ port: undefined, host: "0.0.0.0", certificate: undefined, authenticator: undefined },
    ...{ allowHosts: [], limits: defaultLimits, logger: silentLogger() },
  });
  const context = serverContext({ metrics: metrics.page, offers: () => true });
  metrics.start(() => context);
  const { exchange, head, bytes } = collectingExchange({
    method: "GET",
    path: "/metrics",
    headers,
    body: "",
  });
  await handle({ ...exchange, connection: testConnection(address) }, context);
  return { status: head()?.status, text: bytes().toString() };
}

describe("on the server's own port, without a key", () => {
  test.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])("%s is answered", async (address) => {
    expect(await scrapeFrom(address)).toMatchObject({
      status: 200,
      text: expect.stringContaining("# TYPE cria_requests_total counter") as string,
    });
  });

  test.each(["203.0.113.5", "10.0.0.1", "fd00::1", "::ffff:10.0.0.1", ""])(
    "%s is refused",
    async (address) => {
      expect(await scrapeFrom(address)).toMatchObject({
        status: 403,
        text: expect.stringMatching(/--metrics-port.*--metrics-auth keys/u) as string,
      });
    },
  );

  test.each(["x-forwarded-for", "forwarded"])(
    "whoever comes through a proxy (%s) is refused",
    async (name) => {
      expect(await scrapeFrom("127.0.0.1", { [name]: "203.0.113.5" })).toMatchObject({ status: 403 });
    },
  );

  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outside = addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address;
  test("a real connection by another address than loopback is refused", async (context) => {
    if (outside === undefined) context.skip("this machine has no IPv4 address but loopback's");
    const server = await start({ host: "0.0.0.0", auth: "none", metrics: true });
    const far = await sendHttp1(`http://${outside}:${server.port}`, "/metrics", get());
    expect(far.status).toBe(403);
    const near = await sendHttp1(server.url, "/metrics", get());
    expect(near.status).toBe(200);
  });

  test("a web page's names and origins are refused, also where callers need keys", async () => {
    const { keysFile: file } = await keysFile();
    for (const options of [{}, { auth: "keys", keysFile: file, allowOrigins: ["*"] }] as const) {
      const server = await start({ ...options, metrics: true });
      for (const headers of [
        { host: "rebound.example" },
        { origin: "https://app.example" },
        { "sec-fetch-site": "cross-site" },
      ]) {
        const { status, body } = await sendHttp1(server.url, "/metrics", get(headers));
        expect([status, body.toString()]).toMatchObject([403, expect.not.stringContaining("cria_ready")]);
      }
      expect((await sendHttp1(server.url, "/metrics", get())).status).toBe(200);
    }
  });

  test("the certificate's names are the server's, over TLS", async () => {
    const server = await start({ tls: identity, metrics: true });
    expect(server.metricsUrl).toBe(`${server.url}/metrics`);
    expect((await sendHttps(server.url, "/metrics", get())).status).toBe(200);
  });
});

describe.each(protocols)("with keys, over %s", (_name, send) => {
  test.each([
    ["its own port", { port: 0, auth: "keys" }, {}],
    ["the server's port", { auth: "keys" }, {}],
    ["the server's port, where all callers need one", { auth: "keys" }, { auth: "keys" }],
  ] as const)("%s wants one", async (_where, metrics, others) => {
    const { keysFile: file, authorization } = await keysFile();
    const server = await start({ ...others, keysFile: file, metrics });
    const url = new URL(server.metricsUrl ?? "").origin;
    expect((await send(url, "/metrics", get({ authorization }))).status).toBe(200);
    for (const wrong of [{}, { authorization: `${authorization}x` }]) {
      const { status, body } = await send(url, "/metrics", get(wrong));
      expect(status).toBe(403);
      expect(body.toString()).not.toContain("cria_");
    }
  });
});

test("keys that aren't there end the start", async () => {
  const file = join(await emptyFolder(), "keys.json");
  const metrics = { auth: "keys" } as const;
  await expect(start({ keysFile: file, metrics })).rejects.toBeInstanceOf(NoKeysError);
});

test("a port that is taken ends the start, and closes the server's", async () => {
  const first = await start({});
  await expect(start({ metrics: { port: first.port } })).rejects.toMatchObject({
    ...{ name: PortInUseError.name, port: first.port },
  });
});

test("a port of its own obeys the rules on hosts, and a client in the middle of a scrape doesn't hold up the end", async () => {
  const server = await start({ allowHosts: ["cria.internal"], metrics: { port: 0 } });
  const url = new URL(server.metricsUrl ?? "").origin;
  const statuses = ["cria.internal", "rebound.example"].map(async (host) => {
    return (await sendHttp1(url, "/metrics", get({ host }))).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 403]);
  const raw = openRaw(url);
  raw.socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n");
  await server.close({ graceMs: 0 });
  await raw.closed;
});

test("without keys everyone who reaches a port of its own is answered", async () => {
  const metrics = new ServerMetrics({
    ...{ port: 0, host: "127.0.0.1", certificate: undefined, authenticator: undefined },
    ...{ allowHosts: [], limits: defaultLimits, logger: silentLogger() },
  });
  expect(metrics.page).toBeUndefined();
  await metrics.listen();
  onTestFinished(() => metrics.close());
  // before the server has started nothing is answered
  await expect(sendHttp1(new URL(metrics.url("")).origin, "/metrics", get())).rejects.toThrow();
  metrics.start(() => serverContext({ authenticator: acceptAnyone }));
  const { status } = await sendHttp1(new URL(metrics.url("")).origin, "/metrics", get());
  expect(status).toBe(200);
});
