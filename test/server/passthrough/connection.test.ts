import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { makeCertificate } from "../../../src/server/reach/make-certificate.js";
import { emptyFolder } from "../../support/folder.js";
import { sendHttp1 } from "../support/http.js";
import { identity } from "../support/tls.js";
import { KEYS, MODEL, startFront, stubAws } from "./support/amazon.js";

const INVOKE = `/model/${encodeURIComponent(MODEL)}/invoke`;
const BODY = '{"prompt":"Hi"}';

/** An endpoint with TLS, and the connections that were made to it. @param own - its certificate and key */
async function startTls(own = identity) {
  let connections = 0;
  const server = createTlsServer({ ...own, ALPNProtocols: ["h2", "http/1.1"] }, (request, response) => {
    request.resume().on("end", () => response.end('{"over":"TLS"}'));
  });
  server.on("secureConnection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const caFile = join(await emptyFolder(), "ca.pem");
  await writeFile(caFile, own.cert);
  const { port } = server.address() as AddressInfo;
  return { url: `https://localhost:${port}`, caFile, connections: () => connections };
}

/** A proxy, and the hosts that it was asked for. */
async function startProxy() {
  const asked: (string | undefined)[] = [];
  const proxy = createServer();
  proxy.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const onward = connect(Number(url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [onward, socket]) one.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

function stubProxy(url: string | undefined, except: string): void {
  for (const name of ["HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, url);
  for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) vi.stubEnv(name, undefined);
  for (const name of ["NO_PROXY", "no_proxy"]) vi.stubEnv(name, except);
}

beforeEach(() => stubAws(KEYS));

test("over TLS with a certificate of its own, on a connection that is kept", async () => {
  stubProxy(undefined, "");
  const amazon = await startTls();
  const { server } = await startFront(amazon.url, { upstream: { caFile: amazon.caFile } });
  for (let i = 0; i < 3; i += 1) {
    expect((await sendHttp1(server.url, INVOKE, { body: BODY })).body.toString()).toBe('{"over":"TLS"}');
  }
  expect(amazon.connections()).toBe(1);
});

test("a certificate that was exchanged is trusted once the server is told again", async () => {
  stubProxy(undefined, "");
  const another = await makeCertificate(["localhost"], Date.now());
  const [first, second] = [await startTls(), await startTls(another)];
  const ask = async (url: string) => (await sendHttp1(url, INVOKE, { body: BODY })).status;
  const { server } = await startFront(second.url, { upstream: { caFile: first.caFile } });
  expect(await ask(server.url)).toBe(503);
  const upstreams = { [MODEL]: { bedrock: "us-west-2", endpoint: second.url, caFile: first.caFile } };
  await server.reconfigure({ upstreams });
  expect(await ask(server.url)).toBe(503);
  await copyFile(second.caFile, first.caFile);
  await server.reconfigure({ upstreams });
  expect(await ask(server.url)).toBe(200);
  // and what can't be used changes nothing
  for (const [content, problem] of [
    ["", /has no certificate in PEM/u],
    [undefined, /can't be read \(ENOENT\)/u],
  ] as const) {
    await (content === undefined ? rm(first.caFile) : writeFile(first.caFile, content));
    await expect(server.reconfigure({ upstreams })).rejects.toThrow(problem);
    expect(await ask(server.url)).toBe(200);
  }
});

test("a certificate that nobody trusts is refused", async () => {
  stubProxy(undefined, "");
  const amazon = await startTls();
  const { server, lines } = await startFront(amazon.url);
  expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(503);
  expect(JSON.stringify(lines)).toMatch(/has a certificate that isn't trusted .*ca-file/u);
});

test("through the environment's proxy, unless the host is excepted", async () => {
  const amazon = await startTls();
  const proxy = await startProxy();
  for (const [except, asked] of [
    ["", [new URL(amazon.url).host]],
    ["localhost", []],
  ] as const) {
    stubProxy(proxy.url, except);
    proxy.asked.length = 0;
    const { server } = await startFront(amazon.url, { upstream: { caFile: amazon.caFile } });
    expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(200);
    expect(proxy.asked).toEqual(asked);
    await server.close({ graceMs: 0 });
  }
});

test("an answer through a proxy that can't be reached", async () => {
  const amazon = await startTls();
  stubProxy("http://127.0.0.1:9", "");
  const { server } = await startFront(amazon.url, { upstream: { caFile: amazon.caFile } });
  expect((await sendHttp1(server.url, INVOKE, { body: BODY })).status).toBe(503);
});
