/** The compared servers of the same file, each with its client in another process. */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { bin } from "../home.mjs";
import { MODEL_ID } from "./sdk-stream.mjs";
import { freePort, stopServer, untilReady } from "./server-process.mjs";

export const THREADS = 2;
export const SEQUENCES = 8;
/** Tokens of a sequence, or of a slot as llama-server calls it. */
export const CONTEXT = 2560;

/** `cria serve`, and a client with the AWS SDK. */
export async function startCria(modelFile, home, program = [bin]) {
  const port = await freePort();
  const args = ["serve", "--port", String(port), "--model-file", modelFile, "--as", MODEL_ID];
  const bounds = { "--sequences": SEQUENCES, "--context-size": CONTEXT, "--threads": THREADS };
  const options = Object.entries(bounds).flatMap(([name, value]) => [name, String(value)]);
  const env = { ...process.env, CRIA_HOME: home };
  return startPeer(process.execPath, [...program, ...args, ...options], env, port, "sdk");
}

/** llama-server's threads for connections. With its default, requests for token ids keep streams waiting. */
const HTTP_THREADS = 64;

/** `llama-server`, and a client with plain Node. All other options have their defaults. */
export async function startLlamaServer(program, modelFile) {
  const port = await freePort();
  const options = {
    "-m": modelFile,
    "--port": port,
    "-t": THREADS,
    "-np": SEQUENCES,
    "-c": CONTEXT * SEQUENCES,
    "--threads-http": HTTP_THREADS,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
  return startPeer(program, args, process.env, port, "plain");
}

async function startPeer(command, args, env, port, kind) {
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(command, args, { env, stdio: "ignore" });
  await untilReady(url, server);
  const client = fork(fileURLToPath(new URL("./client.mjs", import.meta.url)), [kind, url], {
    // without the SDK's warnings about the version of Node
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  return {
    url,
    async measure(requests) {
      client.send(requests);
      const [{ results, error }] = await once(client, "message");
      if (error) throw new Error(error);
      return results;
    },
    async close() {
      client.disconnect();
      await stopServer(server);
    },
  };
}
