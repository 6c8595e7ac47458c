import { fileURLToPath } from "node:url";

import { freePort, launch, root } from "./processes.js";
import { ask, chatMl, type Target, type TargetOptions, untilReady } from "./target.js";
import { askCompletions, NAME, VLLM_MODEL } from "./vllm.js";

/** Starts Ray Serve with one vLLM in a worker of its own behind its HTTP proxy. */
export async function startRay({ contextSize }: TargetOptions): Promise<Target> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const script = fileURLToPath(new URL("./ray-serve.py", import.meta.url));
  const ray = launch(
    `${root}.cache/vllm/bin/python`,
    [script, VLLM_MODEL, NAME, String(port), String(contextSize)],
    {
      ...{ RAY_USAGE_STATS_ENABLED: "0", VLLM_NO_USAGE_STATS: "1", HF_HUB_OFFLINE: "1" },
      ...{ VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind" },
    },
  );
  await untilReady(`${url}/v1/models`, ray.ended);
  await ask(`${url}/v1/models`, undefined);
  return {
    ...{ title: "vLLM on Ray Serve", dialect: "vllm", url, model: NAME, key: undefined, contextSize },
    question: chatMl,
    direct: (prompt, maxTokens, bos) => askCompletions(url, undefined, prompt, maxTokens, bos),
    signal: ray.signal,
    stop: () => ray.stop(),
  };
}
