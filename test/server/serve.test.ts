import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { createScriptedEngine } from "../../src/engine/index.js";
import {
  ListenError,
  NoKeysError,
  PortInUseError,
  serve,
  UnknownModelIdError,
} from "../../src/server/index.js";
import { emptyFolder } from "../support/folder.js";
import { openRaw, protocols, sendHttp1 } from "./support/http.js";
import { INVOKE, MODEL, startServer } from "./support/start.js";

const engine = createScriptedEngine({ script: { tokens: ["Hello"] } });

describe("serve", () => {
  it("listens on loopback, on a free port", async () => {
    await using server = await serve({ engine });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await server.ready()).toMatchObject([{ name: "scripted" }]);
    expect(await sendHttp1(server.url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
  });

  it("says what to do when the port is in use", async () => {
    await using server = await serve({ engine });
    const second = serve({ engine, port: server.port });
    await expect(second).rejects.toThrow(PortInUseError);
    await expect(second).rejects.toThrow(/Choose another port, or 0/u);
  });

  it.each([
    ["http://127.0.0.1", /isn't an address or the name of a host/u],
    ["127.0.0.1:8080", /without a scheme, a port or brackets/u],
    ["[::1]", /without a scheme, a port or brackets/u],
    ["", /isn't an address/u],
    ["a b", /isn't an address/u],
    // reserved for documentation: no machine has it
    ["192.0.2.1", /this machine doesn't have that address\. Use 127\.0\.0\.1/u],
    ["nowhere.invalid", /can't be resolved\. Write an address/u],
  ])("says what is wrong with a host that it can't listen on: %j", async (host, problem) => {
    for (const where of [{ host }, { metrics: { host, port: 0 } }]) {
      const started = serve({ engine, auth: "none", ...where });
      await expect(started).rejects.toThrow(ListenError);
      await expect(started).rejects.toMatchObject({ host });
      await expect(started).rejects.toThrow(problem);
    }
  });

  it("says that its metrics can't have its port to themselves", async () => {
    for (const metrics of [{ port: 4711 }, { port: 4711, host: "127.0.0.1" }])
      await expect(serve({ engine, port: 4711, metrics })).rejects.toThrow(
        /can't have port 4711 to themselves.*at the server's \/metrics/u,
      );
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "example.com"])(
    "needs a key on an address that other machines reach: %s",
    async (host) => {
      const keysFile = join(await emptyFolder(), "keys.json");
      await expect(serve({ engine, host, auth: undefined, keysFile })).rejects.toThrow(NoKeysError);
    },
  );

  it("says in Bun that only Node and Deno can run it", async () => {
    const versions = { value: { ...process.versions, bun: "1.4.5" } };
    vi.stubGlobal("process", Object.create(process, { versions }));
    onTestFinished(() => void vi.unstubAllGlobals());
    await expect(serve({ engine })).rejects.toThrow(
      /^Bun 1\.4\.5 can't run Cria's server: .*`npx cria serve`/u,
    );
  });

  it("accepts callers from other machines without a key when told to", async () => {
    await using server = await serve({ engine, host: "0.0.0.0", auth: "none" });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await sendHttp1(server.url, "/health", { method: "GET" })).toMatchObject({ status: 200 });
  });

  it.each([
    [{ small: true, strict: true }, /`strict` refuses every stand-in, and `small` names one/u],
    [{ small: true, modelFile: "x.gguf" }, /`small` names a model, and so does `modelFile` or `engine`/u],
    [{ small: true, engine }, /`small` names a model, and so does `modelFile` or `engine`/u],
    [{ as: MODEL }, /`as` names the model in `modelFile` or `engine`/u],
  ])("refuses options that contradict each other, as the command line does: %j", async (options, message) => {
    const refused = serve(options);
    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(message);
  });

  it("rejects an `as` that isn't a Llama model's id", async () => {
    await expect(serve({ engine, as: "llama2" })).rejects.toThrow(UnknownModelIdError);
    await using server = await serve({ engine, as: `us.${MODEL}`, strict: true });
    expect(await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
  });

  it("leaves no port open when the list of weights can't be read", async () => {
    const home = await emptyFolder();
    await writeFile(join(home, "models.json"), "{");
    vi.stubEnv("CRIA_HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const free = await serve({ engine });
    await free.close();
    await expect(serve({ port: free.port })).rejects.toMatchObject({ name: "RegistryError" });
    await using again = await serve({ engine, port: free.port });
    expect(again.port).toBe(free.port);
  });

  it("doesn't start once aborted", async () => {
    const reason = new Error("changed my mind");
    await expect(serve({ engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("reports a stand-in once", async () => {
    const named: string[] = [];
    const { server, lines } = await startServer(
      { tokens: ["Hello"] },
      { as: undefined, onStandIn: (...about) => void named.push(...about) },
    );
    for (let i = 0; i < 3; i += 1) await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
    expect(named).toEqual(["scripted", MODEL]);
    expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
  });
});

describe("the local model", () => {
  it("reports a missing file in ready() and to every request", async () => {
    await using server = await serve({ modelFile: "/nowhere/llama.gguf", as: MODEL });
    await expect(server.ready()).rejects.toThrow("/nowhere/llama.gguf doesn't exist");
    const health = await sendHttp1(server.url, "/health", { method: "GET" });
    expect([health.status, health.body.toString()]).toEqual([503, expect.stringContaining("doesn't exist")]);
    const response = await sendHttp1(server.url, INVOKE, { body: '{"prompt":"Hi"}' });
    expect([response.status, response.body.toString()]).toEqual([
      503,
      expect.stringContaining("doesn't exist"),
    ]);
  });

  it("stops loading with the caller's reason", async () => {
    const controller = new AbortController();
    await using server = await serve({ modelFile: "/nowhere/llama.gguf", signal: controller.signal });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(server.ready()).rejects.toBe(reason);
  });
});

describe("idle connections", () => {
  it("are closed over HTTP/2", async () => {
    await using server = await serve({ engine, limits: { idleMs: 100 } });
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "GET", ":path": "/health" });
    stream.resume();
    await once(session, "close");
  });

  it("are closed over HTTP/1.1", async () => {
    await using server = await serve({ engine, limits: { idleMs: 100 } });
    const connection = openRaw(server.url);
    connection.socket.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/u);
  });

  it("don't include those that wait for a first token", async () => {
    const late = createScriptedEngine({ script: { tokens: ["late"], delayMs: 400 } });
    await using server = await serve({ engine: late, limits: { idleMs: 100 } });
    for (const [, send] of protocols) {
      expect(await send(server.url, INVOKE, { body: '{"prompt":"Hi"}' })).toMatchObject({ status: 200 });
    }
  });
});

it("frees its port when it is closed", async () => {
  const server = await serve({ engine });
  await server.close();
  const other = createServer();
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve, reject) => {
    other.once("error", reject);
    other.listen(server.port, "127.0.0.1", resolve);
  });
});
