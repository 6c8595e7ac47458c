/** What is compared: Cria's engine over its pipe, and llama-server, with a number of threads. */
import { execFileSync, spawn } from "node:child_process";

import { home, modules } from "../home.mjs";
import { freePort, stopServer, untilReady } from "../llama/server-process.mjs";

const { createLlamaCppEngine, ensureLlamaCppRuntime } = await import(`${modules}/engine/index.js`);

/** Tokens of prompt and answer. */
const CONTEXT = 2048;
const MAX_TOKENS = 400;

const story = () =>
  `Story ${Math.random()}. ${"A llama walked over the mountains with a dog and a friend. ".repeat(4)}`;

/** @param threads - undefined: as many as the engine finds right */
export async function criaSide(modelFile, threads) {
  const runtime = await ensureLlamaCppRuntime({ home });
  let pid;
  const engine = createLlamaCppEngine({
    files: async () => ({ runtime, modelFile }),
    ...{ sequences: 1, contextSize: CONTEXT },
    ...(threads !== undefined && { threads }),
    onEvent: (event) => {
      if (event.type === "ready") pid = event.pid;
      if (event.type === "log" && process.env.CRIA_DEBUG) process.stderr.write(`${event.message}\n`);
    },
  });
  await engine.model();
  return {
    pid,
    /** Calls back for each token of an answer, until `signal` is aborted. */
    async generate(onToken, signal) {
      let free;
      const freed = new Promise((resolve) => (free = resolve));
      const order = { maxTokens: MAX_TOKENS, temperature: 0, topP: 1, bos: "always", patient: true };
      try {
        const request = { ...order, prompt: story(), signal, onFree: free };
        for await (const token of await engine.generate(request)) if (token) onToken();
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      // a tick that is running can't be ended
      await freed;
    },
    close: () => engine.close(),
  };
}

export async function llamaServerSide(program, modelFile, threads) {
  const port = await freePort();
  const args = ["-m", modelFile, "--port", port, "-t", threads, "-np", 1, "-c", CONTEXT];
  const server = spawn(program, args.map(String), { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, server);
  return {
    pid: server.pid,
    async generate(onToken, signal) {
      const options = {
        n_predict: MAX_TOKENS,
        temperature: 0,
        ignore_eos: true,
        stream: true,
        cache_prompt: false,
      };
      try {
        const body = JSON.stringify({ ...options, prompt: story() });
        const response = await fetch(`${url}/completion`, { method: "POST", body, signal });
        const decoder = new TextDecoder();
        for await (const bytes of response.body) {
          const frames = decoder.decode(bytes, { stream: true }).match(/^data: /gmu)?.length ?? 0;
          for (let i = 0; i < frames; i += 1) onToken();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    close: () => stopServer(server),
  };
}

/** Milliseconds of a whole `cria "…"`, from its start to its end; `limitMs` if it takes longer. */
export function command(bin, modelFile, threads, limitMs) {
  const args = ["--model-file", modelFile, "--temperature", "0", "--max-gen-len", "40"];
  if (threads !== undefined) args.push("--threads", String(threads));
  const start = performance.now();
  try {
    execFileSync(process.execPath, [bin, ...args, "Tell a story about a llama."], {
      env: { ...process.env, CRIA_HOME: home },
      stdio: ["ignore", "ignore", "ignore"],
      timeout: limitMs,
    });
  } catch (error) {
    if (error.code !== "ETIMEDOUT") throw error;
    return limitMs;
  }
  return performance.now() - start;
}
