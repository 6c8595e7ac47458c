import { fileURLToPath } from "node:url";

import { freePort, launch, root } from "./processes.js";
import { chatMl, type Target, type TargetOptions, untilReady } from "./target.js";
import { askCompletions, CPU, NAME, PYTHON, runningAt, VLLM_MODEL } from "./vllm.js";

/** Ray leads each request to one of two workers: so many reach both, all but certainly. */
const ASKED_FOR_BOTH = 12;

/** Starts Ray Serve with vLLM in two workers behind its HTTP proxy. */
export async function startRay({ contextSize, key }: TargetOptions): Promise<Target> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = fileURLToPath(new URL("./ray-serve.py", import.meta.url));
  const ray = launch(PYTHON, [script, VLLM_MODEL, NAME, String(port), String(contextSize), key], {
    ...CPU,
    // Ray keeps the token of its own processes there, not in the home of who runs the tests
    HOME: `${root}.cache/vllm`,
    RAY_USAGE_STATS_ENABLED: "0",
    // it would end workers while others use this machine's memory
    RAY_memory_monitor_refresh_ms: "0",
    // it would have workers wait for all else on a busy machine
    RAY_worker_niceness: "0",
  });
  await untilReady(`${url}/health`, ray);
  return {
    ...{ title: "vLLM in two workers of Ray Serve", dialect: "vllm", url, model: NAME, key, contextSize },
    question: chatMl,
    direct: (prompt, maxTokens, bos) => askCompletions(url, key, prompt, maxTokens, bos),
    running: async () => {
      const asked = Array.from({ length: ASKED_FOR_BOTH }, () => runningAt(url, key));
      return Math.max(...(await Promise.all(asked)));
    },
    signal: ray.signal,
    stop: () => ray.stop(),
  };
}
