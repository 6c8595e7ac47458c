import { connect } from "node:http2";

import { describe, expect, it } from "vitest";

import { CONVERSE_BODY, converse } from "./requests.js";
import { openRaw, protocols } from "../support/http.js";
import { INVOKE, startServer, STREAM, until } from "../support/start.js";

const SCRIPT = { tokens: ["Hello"] };
const BODY = '{"prompt":"Hi"}';
const MESSAGE_OF = (body: Buffer) => (JSON.parse(body.toString()) as { message: string }).message;

/** Every operation that a page could reach, and what it sends there. */
const operations = [
  ["GET", "/health", ""],
  ["GET", "/foundation-models", ""],
  ["GET", "/no/such/operation", ""],
  ["POST", INVOKE, BODY],
  ["POST", STREAM, BODY],
  ["POST", converse("converse"), CONVERSE_BODY],
  ["POST", converse("converse-stream"), CONVERSE_BODY],
  ["POST", converse("count-tokens"), `{"input":{"converse":${CONVERSE_BODY}}}`],
] as const;

describe.each(protocols)("a web page over %s", (protocol, send) => {
  const hostHeader = protocol === "HTTP/2" ? ":authority" : "host";

  it.each(operations)(
    "can't call by a name of its own that resolves here: %s %s",
    async (method, path, body) => {
      const { server, engine } = await startServer(SCRIPT);
      const headers = { [hostHeader]: `evil.example:${server.port}` };
      const response = await send(server.url, path, { method, body, headers });
      expect(response.status).toBe(403);
      expect(response.header("x-amzn-errortype")).toMatch(/^AccessDeniedException:/u);
      expect(MESSAGE_OF(response.body)).toContain("`--allow-host evil.example`");
      expect(engine.requests).toHaveLength(0);
    },
  );

  const senders = [
    [{ origin: "https://evil.example" }, "`--allow-origin https://evil.example`"],
    [{ origin: "http://localhost:3000" }, "`--allow-origin http://localhost:3000`"],
    [{ origin: "null" }, "`--allow-origin`"],
    [{ "sec-fetch-site": "cross-site" }, "`--allow-origin`"],
    [{ "sec-fetch-site": "same-site" }, "`--allow-origin`"],
    [{ origin: "https://evil.example", "sec-fetch-site": "same-origin" }, "`--allow-origin"],
  ] as const;

  it.each(operations.flatMap((operation) => senders.map((sender) => [...operation, ...sender] as const)))(
    "of another origin can't call: %s %s %s %o",
    async (method, path, body, headers, says) => {
      const { server, engine } = await startServer(SCRIPT);
      // what browsers send without asking first
      const simple = { "content-type": "text/plain", ...headers };
      const response = await send(server.url, path, { method, body, headers: simple });
      expect(response.status).toBe(403);
      expect(MESSAGE_OF(response.body)).toContain(says);
      expect(response.headers.filter(([name]) => /access-control|vary/iu.test(name))).toEqual([]);
      expect(engine.requests).toHaveLength(0);
    },
  );

  it("is refused before its body is read", async () => {
    const { server } = await startServer(SCRIPT, { limits: { bodyBytes: 10 } });
    const headers = { origin: "https://evil.example" };
    expect(await send(server.url, INVOKE, { body: BODY, headers })).toMatchObject({ status: 403 });
  });

  it("doesn't keep programs out: no origin, any type of body, and what a person types in the address bar", async () => {
    const { server } = await startServer(SCRIPT);
    for (const headers of [{}, { "sec-fetch-mode": "cors" }, { "content-type": "application/json" }]) {
      expect(await send(server.url, INVOKE, { body: BODY, headers })).toMatchObject({ status: 200 });
    }
    const typed = { "sec-fetch-site": "none" };
    expect(await send(server.url, "/health", { method: "GET", headers: typed })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    "localhost",
    "cria.localhost:99",
    "127.0.0.1",
    "10.1.2.3:80",
    "[::1]:2742",
    "host.docker.internal",
  ])("%s is this server", async (host) => {
    const { server } = await startServer(SCRIPT);
    expect(await send(server.url, INVOKE, { body: BODY, headers: { [hostHeader]: host } })).toMatchObject({
      status: 200,
    });
  });

  it("--allow-host lets a name pass", async () => {
    const { server } = await startServer(SCRIPT, { allowHosts: ["cria.internal"] });
    const call = (host: string) => send(server.url, INVOKE, { body: BODY, headers: { [hostHeader]: host } });
    expect(await call("cria.internal:80")).toMatchObject({ status: 200 });
    expect(await call("other.internal:80")).toMatchObject({ status: 403 });
  });

  it("a preflight is answered for an allowed origin only", async () => {
    const { server, engine } = await startServer(SCRIPT, { allowOrigins: ["https://app.example"] });
    const preflight = (origin: string) =>
      send(server.url, STREAM, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,x-amz-date",
          "access-control-request-private-network": "true",
        },
      });
    const allowed = await preflight("https://app.example");
    expect(allowed.status).toBe(204);
    expect(allowed.body).toHaveLength(0);
    expect(allowed.header("content-length")).toBeUndefined();
    expect(allowed.header("access-control-allow-origin")).toBe("https://app.example");
    expect(allowed.header("access-control-allow-methods")).toBe("GET, POST");
    expect(allowed.header("access-control-allow-headers")).toBe("authorization,content-type,x-amz-date");
    expect(allowed.header("access-control-allow-private-network")).toBe("true");
    expect(allowed.header("access-control-allow-credentials")).toBeUndefined();
    expect(allowed.header("vary")).toBe("Origin");
    const refused = await preflight("https://evil.example");
    expect(refused.status).toBe(403);
    expect(refused.header("access-control-allow-origin")).toBeUndefined();
    expect(refused.header("vary")).toBe("Origin");
    expect(engine.requests).toHaveLength(0);
  });

  it("an allowed page reads answers, errors and Amazon's headers", async () => {
    const { server } = await startServer(SCRIPT, { allowOrigins: ["https://app.example"] });
    const headers = { origin: "https://app.example" };
    for (const [path, status] of [
      [INVOKE, 200],
      [STREAM, 200],
      ["/model/nothing/invoke", 400],
      ["/nothing", 404],
    ] as const) {
      const response = await send(server.url, path, { body: BODY, headers });
      expect(response.status).toBe(status);
      expect(response.header("access-control-allow-origin")).toBe("https://app.example");
      expect(response.header("vary")).toBe("Origin");
      const exposed = response.header("access-control-expose-headers")?.toLowerCase().split(", ") ?? [];
      const ours = response.headers
        .map(([name]) => name.toLowerCase())
        .filter((name) => name.startsWith("x-"));
      expect(exposed).toEqual(ours);
      expect(exposed).toContain("x-amzn-requestid");
    }
  });

  it("where keys are asked for, any name passes, and a preflight needs no key", async () => {
    process.env["CRIA_API_KEY"] ??= "a-key-for-this-test-of-callers";
    const { server } = await startServer(SCRIPT, { auth: "keys", allowOrigins: ["*"] });
    const call = { [hostHeader]: "cria.namespace", origin: "https://any.example" };
    const preflight = await send(server.url, INVOKE, {
      method: "OPTIONS",
      headers: { ...call, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    const refused = await send(server.url, INVOKE, { body: BODY, headers: call });
    expect(refused.status).toBe(403);
    expect(refused.body.toString()).toContain("Authorization header is missing");
    expect(refused.header("access-control-allow-origin")).toBe("https://any.example");
  });

  it("OPTIONS that isn't a preflight stays an unknown operation", async () => {
    const { server } = await startServer(SCRIPT);
    expect(await send(server.url, INVOKE, { method: "OPTIONS" })).toMatchObject({ status: 404 });
  });
});

describe("a request that doesn't name exactly one host", () => {
  const call = async (head: string) => {
    const { server, engine } = await startServer(SCRIPT);
    const connection = openRaw(server.url);
    connection.socket.write(head);
    const answered = until(() => /\r\n\r\n./u.test(connection.received), "an answer");
    await Promise.race([answered, connection.closed]);
    expect(engine.requests).toHaveLength(0);
    connection.socket.destroy();
    return connection.received;
  };

  it.each([
    ["two Host headers", "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"],
    ["two equal Host headers", "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"],
    ["no Host", "GET /health HTTP/1.1\r\n\r\n"],
    ["no Host, but a body", "POST /model/x/invoke HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"],
    ["no Host, but a target with one", "GET http://localhost/health HTTP/1.1\r\n\r\n"],
    ["no Host in HTTP/1.0", "GET /health HTTP/1.0\r\n\r\n"],
    ["an empty Host", "GET /health HTTP/1.1\r\nHost:\r\n\r\n"],
    ["user information", "GET /health HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n"],
    ["a target for another host", "GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ])("is refused: %s", async (_, head) => {
    const answer = await call(head);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /u);
    expect(answer).toMatch(/\r\nx-amzn-errortype: ValidationException:/iu);
    expect(answer).toContain('{"message":"The request must name exactly one host');
  });

  it("HTTP/1.0 may name it in the target alone", async () => {
    expect(await call("GET http://localhost/health HTTP/1.0\r\n\r\n")).toMatch(/ 200 OK/u);
    expect(await call("GET http://evil.example/health HTTP/1.0\r\n\r\n")).toMatch(/ 403 Forbidden/u);
  });

  it("a target that names the same host is served, and another name refused", async () => {
    expect(await call("GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n")).toMatch(/ 200 OK/u);
    const evil = "GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    expect(await call(evil)).toMatch(/ 403 Forbidden/u);
  });

  it.each(["GET /health\r\n\r\n", "GET /health HTTP/0.9\r\n\r\n"])(
    "HTTP/0.9 isn't answered: %j",
    async (head) => {
      expect(await call(head)).not.toMatch(/ready|200/u);
    },
  );

  it("a host that differs from :authority", async () => {
    const { server } = await startServer(SCRIPT);
    const session = connect(server.url);
    const stream = session.request({ ":path": "/health", ":authority": "localhost", host: "evil.example" });
    const status = await new Promise((resolve) => stream.on("response", (head) => resolve(head[":status"])));
    expect(status).toBe(400);
    session.destroy();
  });
});

it("tells what can't be allowed before the port opens", async () => {
  await expect(startServer(SCRIPT, { allowOrigins: ["*"] })).rejects.toMatchObject({
    name: "InvalidOriginError",
  });
  await expect(startServer(SCRIPT, { allowHosts: ["http://x"] })).rejects.toMatchObject({
    name: "InvalidHostError",
  });
});
