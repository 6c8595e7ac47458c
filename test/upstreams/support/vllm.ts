import { freePort, launch, type Launched, root } from "./processes.js";
import { ask, chatMl, type DirectAnswer, type Target, type TargetOptions, untilReady } from "./target.js";

/** The Python that has vLLM and Ray. */
export const PYTHON = `${root}.cache/vllm/bin/python`;

/** The small model as vLLM reads it; `npm run conformance:upstreams` makes it. */
export const VLLM_MODEL = `${root}.cache/vllm/models/smollm2`;

/** The model's name at the servers. */
export const NAME = "smollm2";

/** vLLM's environment on a processor, without a network. */
export const CPU = {
  ...{ VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind", OMP_NUM_THREADS: "1" },
  ...{ DO_NOT_TRACK: "1", HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1" },
};

/** Starts one vLLM. */
export async function startVllm(options: TargetOptions): Promise<Target> {
  const { process, url } = await startReplica(options);
  await untilReady(`${url}/health`, process);
  return vllmTarget({
    ...{ title: "vLLM", url, options, metrics: [url], processes: [process] },
  });
}

/** Starts two vLLMs behind `vllm-router`. */
export async function startVllmRouter(options: TargetOptions): Promise<Target> {
  const replicas = [await startReplica(options), await startReplica(options)];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const processes = replicas.map(({ process }) => process);
  try {
    for (const { url: replica, process } of replicas) await untilReady(`${replica}/health`, process);
    // by its Python: the program itself names the folder in which it was installed
    const bin = `${root}.cache/vllm-router/bin`;
    const router = launch(`${bin}/python`, [
      ...[`${bin}/vllm-router`, "--host", "127.0.0.1", "--port", String(port), "--policy", "round_robin"],
      ...["--worker-urls", ...replicas.map((replica) => replica.url)],
    ]);
    processes.unshift(router);
    await untilReady(`${url}/health`, router);
  } catch (error) {
    await Promise.all(processes.map((process) => process.stop()));
    throw error;
  }
  return vllmTarget({
    ...{ title: "two vLLM behind `vllm-router`", url, options, processes },
    metrics: replicas.map((replica) => replica.url),
  });
}

async function startReplica({ contextSize, key }: TargetOptions) {
  const port = await freePort();
  const process = launch(
    PYTHON,
    [
      ...["-m", "vllm.entrypoints.openai.api_server", "--model", VLLM_MODEL, "--served-model-name", NAME],
      ...["--host", "127.0.0.1", "--port", String(port), "--api-key", key],
      ...["--max-model-len", String(contextSize), "--enforce-eager", "--generation-config", "vllm"],
      ...["--max-num-seqs", "64", "--dtype", "float32"],
    ],
    CPU,
  );
  return { process, url: `http://127.0.0.1:${port}` };
}

/** What is known of a server that speaks as vLLM does. */
interface VllmParts {
  readonly title: string;
  readonly url: string;
  readonly options: TargetOptions;
  /** Where `/metrics` tells how many generations run. */
  readonly metrics: readonly string[];
  readonly processes: readonly Launched[];
}

function vllmTarget({ title, url, options: { contextSize, key }, metrics, processes }: VllmParts): Target {
  return {
    ...{ title, dialect: "vllm", url, model: NAME, key, contextSize, question: chatMl },
    direct: (prompt, maxTokens, bos) => askCompletions(url, key, prompt, maxTokens, bos),
    running: async () => {
      const counts = await Promise.all(metrics.map((each) => runningAt(each, key)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    signal: (name) => {
      for (const process of processes) process.signal(name);
    },
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

/** Asks a server with OpenAI's `/v1/completions` for a whole answer. */
export async function askCompletions(
  url: string,
  key: string | undefined,
  prompt: string,
  maxTokens: number,
  bos?: boolean,
): Promise<DirectAnswer> {
  const got = (await ask(`${url}/v1/completions`, key, {
    ...{ model: NAME, prompt, max_tokens: maxTokens, temperature: 0 },
    ...(bos !== undefined && { add_special_tokens: bos }),
  })) as {
    choices: { text: string; finish_reason: "stop" | "length" }[];
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  const [choice] = got.choices;
  return {
    text: choice?.text ?? "",
    promptTokens: got.usage.prompt_tokens,
    tokens: got.usage.completion_tokens,
    stopReason: choice?.finish_reason ?? "stop",
  };
}

/** How many generations run at a server, or wait, by its metrics. */
export async function runningAt(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  const lines = (await response.text()).split("\n");
  const counts = lines.filter((line) => /^vllm:num_requests_(?:running|waiting)\b/u.test(line));
  if (counts.length === 0) throw new Error("vLLM's metrics don't tell how many requests run.");
  return counts.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
