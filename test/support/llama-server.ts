import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { TestContext } from "vitest";

import { needsToolchain } from "./toolchain.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A llama-server that runs. */
export interface RunningLlamaServer {
  readonly url: string;
  /** Ends its process at once. */
  kill(): Promise<void>;
  /** Stops its process without ending it, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void;
}

/** Starts llama.cpp's own server with a model; skips the test where `npm test` couldn't install it. */
export async function startLlamaServer(
  context: TestContext,
  modelFile: string,
  { contextSize = 4096, sequences = 2 } = {},
): Promise<RunningLlamaServer> {
  needsToolchain(context, "llamaServer", [".cache/llama-server/cria-package.txt"]);
  const script = fileURLToPath(new URL("./llama-server.py", import.meta.url));
  const child = spawn(
    `${root}.cache/llama-server/bin/python`,
    [script, modelFile, String(contextSize), String(sequences)],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  context.onTestFinished(kill);
  const [first] = (await Promise.race([once(child.stdout, "data"), exited])) as [unknown];
  const port = Number(String(first));
  if (!(port > 0)) throw new Error(`llama-server didn't start: ${String(first)}`);
  return { url: `http://127.0.0.1:${port}`, kill, signal: (name) => void child.kill(name) };
}
