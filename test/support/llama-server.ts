import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

import { needsToolchain, whyNot } from "./toolchain.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A llama-server that runs. */
export interface RunningLlamaServer {
  readonly url: string;
  /** Ends its process at once. */
  kill(): Promise<void>;
  /** Stops its process without ending it, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGTERM" | "SIGKILL"): void;
}

/** What the server's package leaves in `.cache/`. */
const MADE = [".cache/llama-server/cria-package.txt"];

/** Starts llama.cpp's own server with a model; skips the test where `npm test` couldn't install it. */
export async function startLlamaServer(
  context: TestContext,
  modelFile: string,
  options?: LlamaServerOptions,
): Promise<RunningLlamaServer> {
  needsToolchain(context, "llamaServer", MADE);
  const server = await launchLlamaServer(modelFile, options);
  context.onTestFinished(() => server.kill());
  return server;
}

/** Why the server can't be started here; undefined if it can. */
export function whyNoLlamaServer(): string | undefined {
  return whyNot("llamaServer", MADE);
}

/** How the server is started. */
export interface LlamaServerOptions {
  /** Tokens of all sequences together. @default 4096 */
  readonly contextSize?: number;
  /** @default 2 */
  readonly sequences?: number;
  /** The bearer key that it wants. @default none */
  readonly key?: string;
  /** The file of the projector with which it sees. @default none: it doesn't */
  readonly projectorFile?: string;
}

/** Starts the server; whoever calls kills it. */
export async function launchLlamaServer(
  modelFile: string,
  { contextSize = 4096, sequences = 2, key = "", projectorFile = "" }: LlamaServerOptions = {},
): Promise<RunningLlamaServer> {
  const script = fileURLToPath(new URL("./llama-server.py", import.meta.url));
  const child = spawn(
    `${root}.cache/llama-server/bin/python`,
    [script, modelFile, String(contextSize), String(sequences), key, projectorFile],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  const [first] = (await Promise.race([once(child.stdout, "data"), exited])) as [unknown];
  const port = Number(String(first));
  if (!(port > 0)) throw new Error(`llama-server didn't start: ${String(first)}`);
  return { url: `http://127.0.0.1:${port}`, kill, signal: (name) => void child.kill(name) };
}
