import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";

import { expect, onTestFinished, test } from "vitest";

import { createCompletionsEngine } from "../../../src/engine/index.js";
import { makeCertificate } from "../../../src/server/reach/make-certificate.js";

const DAY_MS = 86_400_000;

/** Starts a server. @returns its port */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** One that says `words` to whoever connects, and then nothing. */
const says = (words: Uint8Array | string) =>
  createTcpServer((socket) => {
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    if (words.length > 0) socket.once("data", () => socket.write(words));
  });

const http = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

/** What whoever runs Cria is told of a server, without its host. */
async function toldOf(url: string, ca?: string): Promise<string> {
  const engine = createCompletionsEngine({ url, ca });
  onTestFinished(() => engine.close());
  const error = await engine.model().catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ name: "EngineUnavailableError" });
  return ((error as Error).cause as Error).message.replace(`${new URL(url).host} `, "");
}

test("a server without TLS", async () => {
  const advice = "doesn't speak TLS: write http:// instead of https:// in its URL.";
  expect(await toldOf(`https://localhost:${await listen(createServer())}/v1`)).toBe(advice);
  expect(await toldOf(`https://localhost:${await listen(says("SSH-2.0-OpenSSH_9.9\r\n"))}`)).toBe(advice);
});

test.each([
  ["Go's", http("400 Bad Request", "Client sent an HTTP request to an HTTPS server.\n")],
  ["nginx'", http("400 Bad Request", "<center>The plain HTTP request was sent to HTTPS port</center>")],
  ["Apache's", http("400 Bad Request", "You're speaking plain HTTP to an SSL-enabled server port.")],
  ["an alert of TLS", Uint8Array.of(0x15, 3, 3, 0, 2, 2, 10)],
])("a server with TLS that is asked without: %s words", async (_whose, words) => {
  expect(await toldOf(`http://localhost:${await listen(says(words))}/v1`)).toBe(
    "speaks TLS: write https:// instead of http:// in its URL.",
  );
});

test("a server with TLS that is asked without, and closes the connection", async () => {
  const port = await listen(createTlsServer(await makeCertificate(["localhost"], Date.now())));
  expect(await toldOf(`http://localhost:${port}`)).toBe(
    "closed the connection without an answer. If it speaks TLS, write https:// in its URL.",
  );
});

test("a certificate that can't be trusted", async () => {
  const own = await makeCertificate(["localhost"], Date.now());
  const untrusted = await listen(createTlsServer(own));
  expect(await toldOf(`https://localhost:${untrusted}`)).toMatch(
    /^has a certificate that isn't trusted \(self-signed certificate\)\. Name .* ca-file=FILE \(in a file, `caFile: FILE`\)/u,
  );
  const other = await makeCertificate(["vllm.internal"], Date.now());
  expect(await toldOf(`https://localhost:${await listen(createTlsServer(other))}`, other.cert)).toMatch(
    /^has a certificate for other names \(DNS:vllm\.internal\): write one of them in its URL/u,
  );
  const old = await makeCertificate(["localhost"], Date.now() - 5_000 * DAY_MS);
  expect(await toldOf(`https://localhost:${await listen(createTlsServer(old))}`, old.cert)).toMatch(
    /^has a certificate that has expired/u,
  );
});

test("a name without a host", async () => {
  expect(await toldOf("http://no-such-host.invalid/v1")).toMatch(/^can't be found: .*\(E[A-Z_]+\)\.$/u);
});

test("a port without a server", async () => {
  expect(await toldOf("http://127.0.0.1:9/v1")).toBe(
    "can't be reached: connect ECONNREFUSED 127.0.0.1:9. Is it running, and its URL right?",
  );
});

test("something else than HTTP", async () => {
  const port = await listen(says("SSH-2.0-OpenSSH_9.9\r\n"));
  expect(await toldOf(`http://localhost:${port}`)).toBe("answers with something else than HTTP.");
});

test("a server that accepts connections and says nothing", { timeout: 60_000 }, async () => {
  const port = await listen(says(""));
  const [plain, tls] = await Promise.all([
    toldOf(`http://localhost:${port}`),
    toldOf(`https://localhost:${port}`),
  ]);
  expect(plain).toBe("accepts connections, but doesn't answer.");
  expect(tls).toBe("can't be reached: it accepts connections, but there is no TLS within 5 s.");
});

test("a server that wants a key is told with what to write, and one that doesn't take it as that", async () => {
  const port = await listen(createServer((_, response) => response.writeHead(401).end()));
  expect(await toldOf(`http://localhost:${port}`)).toBe(
    "answered 401. It wants a key. Say where it is with key-env=VARIABLE or key-file=FILE (in a file, `keyEnv` or `keyFile`).",
  );
  const engine = createCompletionsEngine({ url: `http://localhost:${port}`, key: "wrong" });
  onTestFinished(() => engine.close());
  const error = await engine.model().catch((thrown: unknown) => thrown as Error);
  expect(String((error as Error).cause)).toMatch(/answered 401\. Its key isn't accepted\.$/u);
});
