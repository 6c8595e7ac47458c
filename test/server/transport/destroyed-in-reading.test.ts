import { type ChildProcess, fork } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { afterAll, beforeEach, expect, it } from "vitest";

import { NODE_22, nodeFile } from "../../../scripts/nodes.mjs";
import type { ServeOptions } from "../../../src/server/index.js";
import { plainEnv } from "../../support/run-cli.js";
import { needsToolchain } from "../../support/toolchain.js";
import { transpileRooms } from "../../support/transpiled.js";
import { openRaw, sendHttp2 } from "../support/http.js";
import { frame, PREFACE, requestFrames, windows } from "../support/raw-http2.js";
import { INVOKE, STREAM, until } from "../support/start.js";

// Node 22 ends the whole process if a session is destroyed in the middle of the frames that it has just read, and one of those that follow has
// a body. Node itself destroys it where a client's GOAWAY has an error. So these servers run in Node 22, whichever Node runs the tests. Nobody needs a key for what the clients do here.

const CHILD = fileURLToPath(new URL("../support/child-server.mjs", import.meta.url));
const ROOMS = ["bedrock", "engine", "event-stream", "fleet", "models", "platform", "prompt", "server"];
const BODY = '{"prompt":"Hi"}';
const PING = 6;
const GOAWAY = 7;
const ACK = 1;

/** This Node, if it's a 22; else that of `npm test`. */
const own = process.version.startsWith("v22.") ? process.execPath : undefined;
const cached = nodeFile(NODE_22);

beforeEach((context) => {
  if (own === undefined) needsToolchain(context, "node22", [cached]);
});

let folder: string | undefined;
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function startInNode22(options: Pick<ServeOptions, "faults" | "limits">) {
  folder ??= transpileRooms(...ROOMS, "sigv4", "store");
  const child = fork(CHILD, [folder, JSON.stringify(options)], {
    execPath: own ?? fileURLToPath(new URL(`../../../${cached}`, import.meta.url)),
    execArgv: [],
    env: plainEnv(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  children.push(child);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ports: number[] = [];
  child.once("message", (sent: number[]) => ports.push(...sent));
  const exited = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) => resolve(`${code ?? signal}: ${stderr}`)),
  );
  await until(() => ports.length > 0, "the start");
  const url = `http://127.0.0.1:${ports[0]}`;
  /** The status of another client's request; how the process ended, if it has. */
  const answerOrEnd = () => {
    const status = sendHttp2(url, INVOKE, { body: BODY }).then((answer) => answer.status);
    return Promise.race([exited, status.catch(() => exited)]);
  };
  return { url, answerOrEnd };
}

/** A request with a body of which more is to come. */
const begin = (stream: number, path: string) =>
  Buffer.concat([requestFrames(stream, path), frame(0, 0, stream, Buffer.from(BODY))]);

const cancel = (stream: number) => frame(3, 0, stream, Buffer.from([0, 0, 0, 8]));

it("a client that resets requests at once ends its connection only", { timeout: 60_000 }, async () => {
  const { url, answerOrEnd } = await startInNode22({ limits: { streamsPerConnection: 5 } });
  const connection = openRaw(url);
  const flood = Array.from({ length: 200 }, (_, i) => [begin(2 * i + 1, INVOKE), cancel(2 * i + 1)]);
  connection.socket.write(Buffer.concat([PREFACE, windows(65_536)]));
  // Cria reads the first bytes itself, to see which protocol it is: what the flood is for is what Node reads
  await until(() => connection.received !== "", "the server's settings");
  connection.socket.write(Buffer.concat(flood.flat()));
  await connection.closed;
  expect(await answerOrEnd()).toBe(200);
});

it("a client that says goodbye with an error ends its connection only", { timeout: 60_000 }, async () => {
  const { url, answerOrEnd } = await startInNode22({});
  const connection = openRaw(url);
  connection.socket.write(Buffer.concat([PREFACE, windows(65_536)]));
  await until(() => connection.received !== "", "the server's settings");
  // the last stream, 0, and PROTOCOL_ERROR
  const goodbye = frame(GOAWAY, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]));
  connection.socket.write(Buffer.concat([goodbye, ...[1, 3, 5].map((stream) => begin(stream, INVOKE))]));
  await connection.closed;
  expect(await answerOrEnd()).toBe(200);
});

it("a fault that cuts a connection cuts no other", { timeout: 60_000 }, async () => {
  const { url, answerOrEnd } = await startInNode22({ faults: [{ kind: "cut", count: 1 }] });
  const connection = openRaw(url);
  connection.socket.write(Buffer.concat([PREFACE, windows(65_536), requestFrames(1, STREAM, BODY)]));
  const ping = () => pings(Buffer.from(connection.received, "latin1"))[0];
  await until(() => ping() !== undefined, "the server's ping");
  // the reply, after which the server cuts, and more requests, read at once
  const more = [3, 5, 7].map((stream) => begin(stream, STREAM));
  connection.socket.write(Buffer.concat([frame(PING, ACK, 0, ping() ?? Buffer.of()), ...more]));
  await connection.closed;
  expect(await answerOrEnd()).toBe(200);
});

/** What the pings of the server hold. */
function pings(received: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
    if (received[at + 3] === PING && received[at + 4] === 0) found.push(received.subarray(at + 9, at + 17));
  }
  return found;
}
