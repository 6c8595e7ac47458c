import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type InvokeModelWithResponseStreamCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { createScriptedEngine } from "../../src/engine/index.js";
import {
  CertificateError,
  type ChangeableOptions,
  createKey,
  type CriaServer,
  serve,
  type ServeOptions,
} from "../../src/server/index.js";
import {
  chunk,
  type CompletionsServer,
  DONE,
  events,
  startCompletionsServer,
  vllmPages,
} from "../engine/completions/support/completions-server.js";
import { emptyFolder } from "../support/folder.js";
import { makeCertificate } from "../../src/server/reach/make-certificate.js";
import { sendHttp1 } from "./support/http.js";
import { sdkProtocols } from "./support/sdk.js";
import { identity } from "./support/tls.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";
const OTHER = "meta.llama3-8b-instruct-v1:0";

const ask = (modelId = MODEL) => ({
  ...{ modelId, contentType: "application/json" },
  body: JSON.stringify({ prompt: "Hi", max_gen_len: 8 }),
});

/** A completions server that answers in one word. */
async function upstreamSaying(word: string): Promise<CompletionsServer> {
  const upstream = await startCompletionsServer(
    vllmPages,
    events(chunk(word, [1]), chunk("", [2], { finish: "stop" }), DONE),
  );
  onTestFinished(() => upstream.close());
  return upstream;
}

async function start(options: ChangeableOptions & Pick<ServeOptions, "onNotice"> = {}): Promise<CriaServer> {
  const engine = createScriptedEngine({ script: { tokens: ["local"] } });
  const server = await serve({ engine, ...options });
  onTestFinished(() => server.close({ graceMs: 0 }));
  await server.ready();
  return server;
}

const post = (server: CriaServer, modelId: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/model/${encodeURIComponent(modelId)}/invoke`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: ask().body,
  });
const invoke = (server: CriaServer, headers?: Record<string, string>) => post(server, MODEL, headers);

async function textOf({ body }: InvokeModelWithResponseStreamCommandOutput): Promise<string> {
  let text = "";
  if (!body) return text;
  for await (const { chunk: part } of body) {
    const { generation } = JSON.parse(Buffer.from(part?.bytes ?? []).toString()) as { generation: string };
    text += generation;
  }
  return text;
}

describe.each(sdkProtocols)("over %s", (_name, clientFor) => {
  let release: () => void;
  let slow: CompletionsServer;
  beforeEach(async () => {
    const released = new Promise<void>((resolve) => (release = resolve));
    slow = await startCompletionsServer(vllmPages, async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("one", [1]));
      await released;
      response.end([chunk(" two", [2]), chunk("", [3], { finish: "stop" }), DONE].join(""));
    });
    return () => slow.close();
  });

  test("a stream that runs ends whole at the upstream where it began, and the next request meets the new one", async () => {
    const server = await start({ upstreams: { [MODEL]: { url: slow.url } } });
    const client = clientFor(server.url);
    const running = await client.send(new InvokeModelWithResponseStreamCommand(ask()));
    const fast = await upstreamSaying("new");
    await server.reconfigure({ upstreams: { [MODEL]: { url: fast.url } } });
    const next = await client.send(new InvokeModelWithResponseStreamCommand(ask()));
    expect(await textOf(next)).toBe("new");
    release();
    expect(await textOf(running)).toBe("one two");
  });

  test("a stream that runs ends whole when everything else changes", async () => {
    const server = await start({ upstreams: { [MODEL]: { url: slow.url } } });
    const client = clientFor(server.url);
    const running = await client.send(new InvokeModelWithResponseStreamCommand(ask()));
    const keysFile = join(await emptyFolder(), "keys.json");
    await createKey(keysFile, {});
    await server.reconfigure({
      ...{ auth: "keys", keysFile, strict: true },
      limits: {
        connections: 2,
        requests: 1,
        streamsPerConnection: 1,
        stallMs: 1_000,
        bodyBytes: 10,
        idleMs: 1_000,
      },
    });
    await expect(client.send(new InvokeModelCommand(ask()))).rejects.toMatchObject({
      name: expect.stringMatching(/Exception/u) as string,
    });
    release();
    expect(await textOf(running)).toBe("one two");
  });
});

test("a model comes and goes", async () => {
  const upstream = await upstreamSaying("from upstream");
  const server = await start();
  const generation = async () => ((await (await invoke(server)).json()) as { generation: string }).generation;
  expect(await generation()).toBe("local");
  await server.reconfigure({ upstreams: { [MODEL]: { url: upstream.url } } });
  expect(await generation()).toBe("from upstream");
  await server.reconfigure({});
  expect(await generation()).toBe("local");
});

test("an upstream that stays the same keeps its connection, and one that goes loses it", async () => {
  const [kept, gone] = await Promise.all([upstreamSaying("kept"), upstreamSaying("gone")]);
  const server = await start({ upstreams: { [MODEL]: { url: kept.url }, [OTHER]: { url: gone.url } } });
  expect((await invoke(server)).status).toBe(200);
  const before = kept.connections();
  await server.reconfigure({ upstreams: { [MODEL]: { url: kept.url } }, strict: true });
  await expect.poll(() => gone.open(), { timeout: 4_000 }).toBe(0);
  expect((await invoke(server)).status).toBe(200);
  expect(kept.connections()).toBe(before);
});

test("keys: who may call changes, and so does the file", async () => {
  const server = await start();
  const folder = await emptyFolder();
  const [one, two] = [join(folder, "one.json"), join(folder, "two.json")];
  const [first, second] = [(await createKey(one, {})).apiKey, (await createKey(two, {})).apiKey];
  const statuses = async () =>
    (
      await Promise.all([
        invoke(server),
        ...[first, second].map((key) => invoke(server, { authorization: `Bearer ${key}` })),
      ])
    ).map(({ status }) => status);
  expect([server.auth, ...(await statuses())]).toEqual(["none", 200, 200, 200]);
  await server.reconfigure({ auth: "keys", keysFile: one });
  expect([server.auth, ...(await statuses())]).toEqual(["keys", 403, 200, 403]);
  await server.reconfigure({ auth: "keys", keysFile: two });
  expect(await statuses()).toEqual([403, 403, 200]);
  await server.reconfigure({});
  expect(await statuses()).toEqual([200, 200, 200]);
});

test("CORS: the pages that may call change", async () => {
  const server = await start({ allowOrigins: ["https://a.example"] });
  const origins = async () =>
    (
      await Promise.all(
        ["https://a.example", "https://b.example"].map((origin) => invoke(server, { origin })),
      )
    ).map((response) => response.headers.get("access-control-allow-origin"));
  expect(await origins()).toEqual(["https://a.example", null]);
  await server.reconfigure({ allowOrigins: ["https://b.example"] });
  expect(await origins()).toEqual([null, "https://b.example"]);
});

test("limits: a lower one holds for the next request, and a default comes back", async () => {
  const server = await start({ limits: { bodyBytes: 10 } });
  expect((await invoke(server)).status).toBe(400);
  await server.reconfigure({});
  expect((await invoke(server)).status).toBe(200);
  await server.reconfigure({ limits: { bodyBytesInAll: 10 } });
  expect((await invoke(server)).status).toBe(429);
  await server.reconfigure({ limits: { requests: 0 } });
  expect((await invoke(server)).status).toBe(429);
  await server.reconfigure({});
  expect((await invoke(server)).status).toBe(200);
});

test("ids: what stands behind an ARN changes, and what is refused", async () => {
  const server = await start();
  const arn = "arn:aws:bedrock:us-east-1:123456789012:imported-model/a1b2c3d4e5f6";
  const status = async (id: string) => (await post(server, id)).status;
  expect([await status(arn), await status(MODEL)]).toEqual([400, 200]);
  await server.reconfigure({ modelMap: { [arn]: MODEL }, strictIds: true });
  expect([await status(arn), await status(MODEL)]).toEqual([200, 400]);
  await server.reconfigure({ strict: true });
  expect([await status(arn), await status(MODEL)]).toEqual([400, 404]);
});

test.each<[string, ChangeableOptions, string]>([
  ["an unknown model", { upstreams: { llama: { url: "http://a" } } }, "UnknownModelIdError"],
  ["a URL that isn't one", { upstreams: { [MODEL]: { url: "a" } } }, "InvalidUpstreamError"],
  ["an origin that isn't one", { allowOrigins: ["a"] }, "InvalidOriginError"],
  ["a host that isn't one", { allowHosts: ["http://a"] }, "InvalidHostError"],
  ["no keys", { auth: "keys", keysFile: "/nowhere/keys.json" }, "NoKeysError"],
  ["an ARN that isn't one", { modelMap: { a: MODEL } }, "InvalidModelMapError"],
])("%s changes nothing", async (_name, wrong, error) => {
  const upstream = await upstreamSaying("as before");
  const server = await start({ upstreams: { [MODEL]: { url: upstream.url } } });
  await expect(server.reconfigure({ limits: { requests: 0 }, ...wrong })).rejects.toMatchObject({
    name: error,
  });
  expect(await (await invoke(server)).json()).toMatchObject({ generation: "as before" });
});

test("what new upstreams say is told once they are used: a change that fails may be tried again and again", async () => {
  const data = [{ id: "a" }, { id: "b" }];
  const several = await startCompletionsServer({ "/v1/models": { data } }, events());
  onTestFinished(() => several.close());
  const told: string[] = [];
  const server = await start({ onNotice: (sentence) => told.push(sentence) });
  for (let i = 0; i < 3; i += 1) {
    const change = server.reconfigure({ upstreams: { [MODEL]: { url: several.url } } });
    await expect(change).rejects.toMatchObject({ name: "UpstreamModelError" });
  }
  expect(told).toEqual([]);
  await server.reconfigure({ upstreams: { [MODEL]: { url: several.url, model: "a" } } });
  await expect
    .poll(() => told, { timeout: 4_000 })
    .toContainEqual(expect.stringContaining("isn't that of a Llama"));
});

test("an upstream with several models, of which none is named, changes nothing and is left", async () => {
  const data = ["a", "b"].map((id) => ({ id, owned_by: "vllm" }));
  const several = await startCompletionsServer({ "/v1/models": { data } }, events());
  onTestFinished(() => several.close());
  const server = await start();
  await expect(server.reconfigure({ upstreams: { [MODEL]: { url: several.url } } })).rejects.toMatchObject({
    name: "UpstreamModelError",
  });
  expect(await (await invoke(server)).json()).toMatchObject({ generation: "local" });
  await expect.poll(() => several.open(), { timeout: 4_000 }).toBe(0);
});

test("one that isn't there is told by the server's health, and the others answer", async () => {
  const upstream = await upstreamSaying("there");
  const server = await start();
  await server.reconfigure({
    upstreams: { [MODEL]: { url: upstream.url }, [OTHER]: { url: "http://127.0.0.1:9" } },
  });
  expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ unavailable: [OTHER] });
  expect(await (await invoke(server)).json()).toMatchObject({ generation: "there" });
});

test("the server is ready all the time while an upstream is replaced by another", async () => {
  const [one, two] = await Promise.all([upstreamSaying("one"), upstreamSaying("two")]);
  const server = await start({ upstreams: { [MODEL]: { url: one.url } } });
  const statuses = new Set<number>();
  const change = { done: false };
  const watch = (async () => {
    while (!change.done) statuses.add((await fetch(`${server.url}/health/ready`)).status);
  })();
  await server.reconfigure({ upstreams: { [MODEL]: { url: two.url } } });
  change.done = true;
  await watch;
  expect([...statuses, (await fetch(`${server.url}/health/ready`)).status]).toEqual([200, 200]);
});

test("changes are made in turn, and none once the server is closed", async () => {
  const [one, two] = await Promise.all([upstreamSaying("one"), upstreamSaying("two")]);
  const server = await start();
  await Promise.all([one, two].map(({ url }) => server.reconfigure({ upstreams: { [MODEL]: { url } } })));
  expect(await (await invoke(server)).json()).toMatchObject({ generation: "two" });
  await server.close();
  await expect(server.reconfigure({})).rejects.toMatchObject({ name: "ServerClosingError" });
});

/** The certificate that a new connection gets, and the protocol that was agreed on. */
function certificateOf({ port }: CriaServer): Promise<readonly [string, string | false | null]> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { port, host: "127.0.0.1", rejectUnauthorized: false, ALPNProtocols: ["h2"] },
      () => {
        resolve([socket.getPeerX509Certificate()?.fingerprint256 ?? "", socket.alpnProtocol]);
        socket.destroy();
      },
    );
    socket.once("error", reject);
  });
}

test("a renewed certificate is used for new connections, and stays until the next", async () => {
  const [second, third] = [
    await makeCertificate(["localhost", "127.0.0.1"]),
    await makeCertificate(["other.example"]),
  ];
  const of = ({ cert }: { readonly cert: string }) => [new X509Certificate(cert).fingerprint256, "h2"];
  const notices: string[] = [];
  const engine = createScriptedEngine({ script: { tokens: ["local"] } });
  await using server = await serve({ engine, tls: identity, onNotice: (line) => void notices.push(line) });
  expect(await certificateOf(server)).toEqual(of(identity));
  await server.reconfigure({ tls: second });
  expect(await certificateOf(server)).toEqual(of(second));
  await server.reconfigure({ strict: true });
  expect(await certificateOf(server)).toEqual(of(second));
  expect(notices).toEqual([]);
  // what can't be used changes nothing
  for (const broken of [
    { ...third, key: second.key },
    { cert: "", key: third.key },
    { ...third, cert: `${third.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n` },
    { ...third, key: "" },
  ]) {
    await expect(server.reconfigure({ strict: false, tls: broken })).rejects.toThrow(CertificateError);
    expect(await certificateOf(server)).toEqual(of(second));
  }
  await server.reconfigure({ tls: third });
  expect(await certificateOf(server)).toEqual(of(third));
  expect(notices.join()).toMatch(/doesn't name 127\.0\.0\.1/u);
  // once, and callers may name the server as the last certificate does, whatever else changes
  await server.reconfigure({ tls: third });
  expect(notices).toHaveLength(1);
  await server.reconfigure({ strict: true });
  const named = (host: string) =>
    sendHttp1(`http://127.0.0.1:${server.port}`, "/health", { method: "GET", headers: { host } });
  expect((await named("other.example")).status).toBe(200);
  expect((await named("another.example")).status).toBe(403);
});

test("a certificate that Cria made stays, and TLS that is off stays off", async () => {
  const engine = createScriptedEngine({ script: { tokens: ["local"] } });
  vi.stubEnv("CRIA_HOME", await emptyFolder());
  await using made = await serve({ engine, tls: "self-signed" });
  const first = await certificateOf(made);
  await made.reconfigure({ tls: identity });
  expect(await certificateOf(made)).toEqual(first);
  await using plain = await serve({ engine });
  await plain.reconfigure({ tls: identity });
  await expect(certificateOf(plain)).rejects.toThrow();
});
