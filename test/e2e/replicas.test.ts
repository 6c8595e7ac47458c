import { once } from "node:events";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect, it, onTestFinished } from "vitest";

import {
  type Answer,
  chunk,
  type CompletionsServer,
  DONE,
  roomyVllmPages,
  startCompletionsServer,
} from "../engine/completions/support/completions-server.js";
import { emptyFolder } from "../support/folder.js";
import { needsPosix, NO_CTRL_C } from "../support/platform.js";
import { runCli } from "../support/run-cli.js";
import { type Serving, startServing } from "../support/serving.js";

const MODEL = "meta.llama3-3-70b-instruct-v1:0";

/** Between two tokens of the server, in ms. */
const TOKEN_MS = 100;

/** Tokens of an answer that is still running while other things happen. */
const LONG = 40;

/** How long a replica that drains goes on taking requests, and how long those that run may take then, in s. */
const DRAIN_S = 2;
const GRACE_S = 30;

/** As many tokens as are asked for, one after another. */
const counting: Answer = async (response, { body }) => {
  const { max_tokens: most } = body as { max_tokens: number };
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let n = 1; n <= most && !response.destroyed; n += 1) {
    await sleep(TOKEN_MS);
    const finish = n === most ? { finish: "length" } : {};
    response.write(chunk(` ${n}`, [n], { ...finish, usage: { completion_tokens: n } }));
  }
  response.end(DONE);
};

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

async function createKey(keysFile: string): Promise<Key> {
  const { code, stdout, stderr } = await runCli(["keys", "create", "--keys-file", keysFile, "--json"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Key;
}

function clientFor(endpoint: string, credentials: Key, protocol: "HTTP/1.1" | "HTTP/2" = "HTTP/2") {
  const client = new BedrockRuntimeClient({
    ...{ endpoint, credentials, region: "us-east-1" },
    ...(protocol === "HTTP/1.1" && { requestHandler: new NodeHttpHandler() }),
  });
  onTestFinished(() => client.destroy());
  return client;
}

const input = (tokens: number) => ({
  ...{ modelId: MODEL, contentType: "application/json" },
  body: JSON.stringify({ prompt: "Count.", max_gen_len: tokens }),
});

const counted = (tokens: number) => Array.from({ length: tokens }, (_, i) => ` ${i + 1}`).join("");

/** The text of a whole answer, or the name of the error. */
async function answerOf(client: BedrockRuntimeClient, tokens = 1): Promise<string> {
  try {
    const { body } = await client.send(new InvokeModelCommand(input(tokens)));
    return (JSON.parse(Buffer.from(body).toString()) as { generation: string }).generation;
  } catch (error) {
    return (error as Error).name;
  }
}

/** The tokens of a stream, as they come, and how it ended. */
async function stream(client: BedrockRuntimeClient, tokens: number, onToken: () => void = () => undefined) {
  const { body = [] } = await client.send(new InvokeModelWithResponseStreamCommand(input(tokens)));
  let text = "";
  let stopReason: string | null = null;
  for await (const { chunk: part } of body) {
    const got = JSON.parse(Buffer.from(part?.bytes ?? []).toString()) as {
      generation: string;
      stop_reason: string | null;
    };
    text += got.generation;
    stopReason = got.stop_reason;
    onToken();
  }
  return { text, stopReason };
}

const statusOf = async (url: string, path: string) => (await fetch(new URL(path, url))).status;

/** How often the balancer asks who is ready, in ms. */
const READY_MS = 100;

/** What stands in front of replicas, such as a service of Kubernetes: each new connection goes to the next one that is ready. */
async function startBalancer(urls: readonly string[]): Promise<string> {
  let ready = [...urls];
  let next = 0;
  const ask = setInterval(() => {
    void Promise.all(
      urls.map((url) =>
        statusOf(url, "/health/ready").then(
          (status) => (status === 200 ? [url] : []),
          () => [],
        ),
      ),
    ).then((found) => (ready = found.flat()));
  }, READY_MS);
  const balancer = net.createServer((socket) => {
    const url = ready[next++ % ready.length];
    const replica = net.connect(Number(new URL(url ?? "http://127.0.0.1:1").port), "127.0.0.1");
    for (const [from, to] of [
      [socket, replica],
      [replica, socket],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
  });
  balancer.listen(0, "127.0.0.1");
  await once(balancer, "listening");
  onTestFinished(() => {
    clearInterval(ask);
    balancer.close();
  });
  return `http://127.0.0.1:${(balancer.address() as net.AddressInfo).port}`;
}

/** Two `cria serve` in front of one server, with one file of keys. */
async function startReplicas(): Promise<{
  readonly upstream: CompletionsServer;
  readonly keysFile: string;
  readonly key: Key;
  readonly replicas: readonly [Serving, Serving];
}> {
  const upstream = await startCompletionsServer(roomyVllmPages, counting);
  onTestFinished(() => upstream.close());
  const keysFile = join(await emptyFolder(), "keys.json");
  const key = await createKey(keysFile);
  const options = [
    ...["--upstream", `${MODEL}=${upstream.url}`, "--auth", "keys", "--keys-file", keysFile],
    ...["--drain-delay", String(DRAIN_S), "--grace", String(GRACE_S)],
  ];
  const replicas = await Promise.all([startServing(options), startServing(options)] as const);
  onTestFinished(() => replicas.forEach(({ cli }) => void cli.child.kill("SIGKILL")));
  for (const { url } of replicas) await expect.poll(() => statusOf(url, "/health/ready")).toBe(200);
  return { upstream, keysFile, key, replicas };
}

it("two replicas with one file of keys know the same callers, and both say when the server behind them is gone", async () => {
  const { upstream, keysFile, key, replicas } = await startReplicas();
  const later = await createKey(keysFile);
  for (const { url } of replicas) {
    expect(await answerOf(clientFor(url, key), 2)).toBe(" 1 2");
    await expect.poll(() => answerOf(clientFor(url, later), 2)).toBe(" 1 2");
  }

  expect(await runCli(["keys", "rm", "--keys-file", keysFile, key.accessKeyId])).toMatchObject({ code: 0 });
  for (const { url } of replicas) {
    await expect.poll(() => answerOf(clientFor(url, key))).toBe("UnrecognizedClientException");
    expect(await answerOf(clientFor(url, later))).toBe(" 1");
  }

  const port = Number(new URL(upstream.url).port);
  await upstream.close();
  for (const { url } of replicas) {
    await expect.poll(() => statusOf(url, "/health/ready")).toBe(503);
    expect(await answerOf(clientFor(url, later))).toBe("ServiceUnavailableException");
  }
  const again = await startCompletionsServer(roomyVllmPages, counting, port);
  onTestFinished(() => again.close());
  for (const { url } of replicas) {
    await expect.poll(() => statusOf(url, "/health/ready")).toBe(200);
    expect(await answerOf(clientFor(url, later))).toBe(" 1");
  }
});

it("one of two replicas drains on SIGTERM: its stream ends whole, and callers of both see no error", async (context) => {
  needsPosix(context, NO_CTRL_C);
  const { upstream, key, replicas } = await startReplicas();
  const [leaving, staying] = replicas;
  const both = await startBalancer(replicas.map(({ url }) => url));

  // callers who use both all the while, one connection after another and one for many requests
  const callers = [clientFor(both, key, "HTTP/1.1"), clientFor(both, key)];
  const answers: string[] = [];
  const stopped = { is: false };
  const calling = callers.map(async (client) => {
    while (!stopped.is) answers.push(await answerOf(client, 3));
  });

  let tokens = 0;
  const running = stream(clientFor(leaving.url, key), LONG, () => (tokens += 1));
  await expect.poll(() => tokens).toBeGreaterThan(2);
  const before = upstream.asked.length;
  leaving.cli.child.kill("SIGTERM");
  await expect.poll(() => statusOf(leaving.url, "/health/ready")).toBe(503);
  expect(await statusOf(staying.url, "/health/ready")).toBe(200);
  const askedAtDrain = answers.length;

  expect(await running).toEqual({ text: counted(LONG), stopReason: "length" });
  expect(await leaving.cli.ended).toBe(0);
  expect(await stream(clientFor(staying.url, key), 5)).toEqual({ text: counted(5), stopReason: "length" });

  const askedAtEnd = answers.length;
  await expect.poll(() => answers.length).toBeGreaterThan(askedAtEnd + 2);
  stopped.is = true;
  await Promise.all(calling);
  expect(askedAtDrain).toBeGreaterThan(0);
  expect(upstream.asked.length).toBeGreaterThan(before);
  expect([...new Set(answers)]).toEqual([counted(3)]);
});
