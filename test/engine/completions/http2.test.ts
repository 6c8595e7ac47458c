import type { RequestListener } from "node:http";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { describe, expect, it, onTestFinished } from "vitest";

import { createCompletionsEngine, type Engine, type Token } from "../../../src/engine/index.js";
import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { chunk, DONE, vllmPages } from "./support/completions-server.js";

/** A server with TLS, for HTTP/2 or, where a client wants it, HTTP/1.1, that counts what reaches it. */
interface TlsServer {
  readonly url: string;
  /** Its own certificate. */
  readonly ca: string;
  readonly sessions: Set<ServerHttp2Session>;
  /** The version of each request for a generation. */
  readonly versions: string[];
  connections: number;
  /** Generations whose connection or stream ended early. */
  left: number;
  answer: (response: Http2ServerResponse) => void | Promise<void>;
}

const whole = (response: Http2ServerResponse) => {
  response.end(chunk("Hi", [1]) + chunk("", [2], { finish: "stop" }) + DONE);
};

async function startTls({ http2 = true, madeAt = Date.now() } = {}): Promise<TlsServer> {
  const identity = await makeCertificate(["localhost", "127.0.0.1"], madeAt);
  const handler = (request: Http2ServerRequest, response: Http2ServerResponse) =>
    void handle(request, response);
  const server = http2
    ? createSecureServer({ ...identity, allowHTTP1: true }, handler)
    : // what is used of requests and responses is the same in HTTP/1.1
      createHttpsServer(identity, handler as unknown as RequestListener);
  const it: TlsServer = {
    ...{
      url: "",
      ca: identity.cert,
      sessions: new Set<ServerHttp2Session>(),
      versions: [],
      connections: 0,
      left: 0,
    },
    answer: whole,
  };
  async function handle(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const page = vllmPages[request.url];
    if (request.method === "GET") {
      response.writeHead(page === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(page ?? {}));
      return;
    }
    it.versions.push(request.httpVersion);
    request.resume();
    response.on("close", () => {
      if (!response.writableEnded) it.left += 1;
    });
    response.writeHead(200, { "content-type": "text/event-stream" });
    await it.answer(response);
  }
  server.on("session", (session: ServerHttp2Session) => {
    it.sessions.add(session);
    session.on("close", () => it.sessions.delete(session));
  });
  server.on("secureConnection", () => (it.connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const session of it.sessions) session.destroy();
    server.close();
  });
  return Object.assign(it, { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
}

function engineFor(server: TlsServer, ca: string | undefined = server.ca): Engine {
  const engine = createCompletionsEngine({ url: server.url, ca });
  onTestFinished(() => engine.close());
  return engine;
}

async function all(engine: Engine, maxTokens = 8): Promise<Token[]> {
  const tokens: Token[] = [];
  const request = { prompt: "Hello", maxTokens, temperature: 0, topP: 1 };
  for await (const token of await engine.generate(request)) tokens.push(token);
  return tokens;
}

const detail = async (engine: Engine) =>
  String(((await all(engine).catch((error: unknown) => error)) as Error).cause);

describe("a server with TLS", () => {
  it("is spoken to in HTTP/2 if it has that", async () => {
    const server = await startTls();
    expect(await all(engineFor(server))).toHaveLength(2);
    expect(server.versions).toEqual(["2.0"]);
  });

  it("is spoken to in HTTP/1.1 if it has no HTTP/2", async () => {
    const server = await startTls({ http2: false });
    expect(await all(engineFor(server))).toHaveLength(2);
    expect(server.versions).toEqual(["1.1"]);
  });

  it("isn't trusted without the file that has its certificate", async () => {
    const server = await startTls();
    expect(await detail(engineFor(server, (await startTls()).ca))).toMatch(
      /has a certificate that isn't trusted \(.*(?:self-signed|unable to verify).*ca-file/u,
    );
    expect(server.versions).toEqual([]);
  });

  it("isn't trusted once its certificate has expired", async () => {
    const server = await startTls({ madeAt: Date.now() - 2 * 365 * 24 * 3_600_000 });
    expect(await detail(engineFor(server))).toMatch(/has a certificate that has expired/u);
    expect(server.versions).toEqual([]);
  });
});

describe("streams over HTTP/2", () => {
  const MANY = 120;

  it("share connections, and none gets what is another's", { timeout: 60_000 }, async () => {
    const server = await startTls();
    let next = 0;
    server.answer = async (response) => {
      const name = String(next++);
      for (let i = 0; i < 5; i += 1) {
        response.write(chunk(`${name} `, [i]));
        await wait(5);
      }
      response.end(chunk("", [99], { finish: "stop" }) + DONE);
    };
    const engine = engineFor(server);
    const answers = await Promise.all(Array.from({ length: MANY }, () => all(engine, 20)));
    const texts = answers.map((tokens) => tokens.map(({ text }) => text).join(""));
    expect(texts.sort()).toEqual(Array.from({ length: MANY }, (_, i) => `${i} `.repeat(5)).sort());
    expect(server.versions.every((version) => version === "2.0")).toBe(true);
    expect(server.connections).toBeLessThan(MANY / 10);
  });

  it("end alone when their caller leaves", async () => {
    const server = await startTls();
    let stays: Http2ServerResponse | undefined;
    server.answer = (response) => {
      response.write(chunk("Hi", [1]));
      stays ??= response;
    };
    const engine = engineFor(server);
    const staying = all(engine);
    await expect.poll(() => stays).toBeDefined();
    for await (const token of await engine.generate({
      prompt: "Hi",
      maxTokens: 8,
      temperature: 0,
      topP: 1,
    })) {
      expect(token.text).toBe("Hi");
      break;
    }
    await expect.poll(() => server.left).toBe(1);
    stays?.end(chunk("", [2], { finish: "stop" }) + DONE);
    expect(await staying).toHaveLength(2);
  });

  it("go on to their end when the server wants no more requests on a connection (GOAWAY)", async () => {
    const server = await startTls();
    const running: Http2ServerResponse[] = [];
    server.answer = (response) => {
      response.write(chunk("Hi", [1]));
      running.push(response);
    };
    const engine = engineFor(server);
    const before = [all(engine), all(engine), all(engine)];
    await expect.poll(() => running.length).toBe(3);
    // as nginx and Envoy do after so many requests, or when they stop
    for (const session of [...server.sessions]) session.goaway();
    await wait(100);
    const after = all(engine);
    await expect.poll(() => running.length).toBe(4);
    for (const response of running) response.end(chunk("", [2], { finish: "stop" }) + DONE);
    for (const tokens of await Promise.all([...before, after])) expect(tokens).toHaveLength(2);
    expect(server.versions).toHaveLength(4);
  });

  it("fail when the connection is cut, each after its tokens, and the next request has a new one", async () => {
    const server = await startTls();
    let count = 0;
    server.answer = (response) => {
      response.write(chunk("Hi", [1]));
      count += 1;
    };
    const engine = engineFor(server);
    const broken = [all(engine), all(engine)];
    const failures = Promise.allSettled(broken);
    await expect.poll(() => count).toBe(2);
    for (const session of [...server.sessions]) session.destroy();
    for (const each of await failures) {
      expect(each).toMatchObject({ status: "rejected", reason: { name: "EngineStoppedError" } });
    }
    server.answer = whole;
    expect(await all(engine)).toHaveLength(2);
    // none was sent twice
    expect(server.versions).toHaveLength(3);
  });
});
